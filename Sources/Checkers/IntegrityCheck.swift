import AssayModel

/// `integrity`: SQLite's own check finds no damage, and every foreign key has its target.
enum IntegrityCheck {
  static func result(_ observation: Observation) -> CheckResult {
    let evidence = "PRAGMA integrity_check, PRAGMA foreign_key_check"
    if let failure = observation.failure {
      return .violated(
        .integrity, evidence: evidence, witness: ["the database can't be read: \(failure)"])
    }
    if observation.integrityRows.isEmpty, let reason = observation.unfinished {
      return .unknown(.integrity, evidence: evidence, reason: reason)
    }
    if observation.integrityRows.isEmpty {
      return .unknown(.integrity, reason: "the database was not examined after the run")
    }
    var witnesses = Witnesses()
    if observation.integrityRows != ["ok"] {
      for row in observation.integrityRows { witnesses.add("integrity_check: \(row)") }
    }
    for row in observation.foreignKeyRows { witnesses.add("foreign_key_check: \(row)") }
    if witnesses.isEmpty { return .valid(.integrity, evidence: evidence) }
    return .violated(.integrity, evidence: evidence, witness: witnesses.summary)
  }
}
