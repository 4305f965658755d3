import AssayModel

extension Contradictions {
  /// The reason why a check contradicts the other settings.
  struct Misfit {
    /// The setting found.
    var found: String
    /// The allowed settings.
    var allowed: String
  }

  /// True if the workload takes locks.
  var hasLocks: Bool { load.workload == .locks }

  /// Finds checks that the world or the workload cannot answer, under `expect:` and `check:`.
  mutating func checkChecks() {
    for check in draft.expectations.map(\.check) {
      guard let misfit = misfit(of: check) else { continue }
      refuse(true, "expect.\(check.rawValue)", misfit.found, misfit.allowed)
    }
    for expectation in draft.expectations where namesExploration(expectation) {
      refuse(
        !draft.explores, "expect.\(expectation.check.rawValue)",
        "a condition on explore in the real world", "conditions on what the scenario has")
    }
    let elements = tree.entry("check")?.value.elements ?? []
    for (check, element) in zip(draft.furtherChecks, elements) {
      guard let misfit = misfit(of: check) else { continue }
      refuse(true, "check", misfit.found, misfit.allowed, at: element.place)
    }
  }

  /// Operations that a bound may name: the workload's kinds and, for errors, the transactions and
  /// invariants of the scenario by their names in results.
  func operationNames(under path: String) -> [String] {
    let kinds = load.workload.operations.map(\.name)
    guard path == "expect.\(CheckName.errors.rawValue)", let sql = load.sql else { return kinds }
    let invariants = sql.invariants.indices.map {
      OperationKind.sqlInvariant.name(part: UInt64($0), in: load)
    }
    return kinds + sql.transactions.map(\.name) + invariants
  }

  /// Returns true if a condition names the exploration: it would never be true, and the
  /// expectation would silently drop out.
  private func namesExploration(_ expectation: Expectation) -> Bool {
    expectation.rules.flatMap(\.conditions).contains { condition in
      guard case .parameter(let path, _) = condition else { return false }
      return path.hasPrefix("explore.")
    }
  }

  /// Returns the first reason why a check cannot reach a verdict in this cell.
  private func misfit(of check: CheckName) -> Misfit? {
    if draft.world == .simulated, let reason = reasonAgainstSimulation(check) {
      return Misfit(
        found: "\(check.rawValue) in the simulated world",
        allowed: "\(check.rawValue) with world: real, since \(reason)")
    }
    let name = load.workload.rawValue
    switch check {
    case .mutualExclusion, .recoveryTime:
      guard !hasLocks else { return nil }
      return Misfit(
        found: "\(check.rawValue) for workload \(name), which takes no locks",
        allowed: "\(check.rawValue) with workload locks")
    case .atomicity:
      guard [.kv, .locks].contains(load.workload) else { return nil }
      return Misfit(
        found: "atomicity for workload \(name), which has no transactions of several rows",
        allowed: "atomicity with workload ledger")
    case .invariants:
      if load.workload != .sql {
        return Misfit(
          found: "invariants for workload \(name)", allowed: "invariants with workload sql")
      }
      guard load.sql?.invariants.isEmpty != false else { return nil }
      return Misfit(
        found: "the check invariants without load.invariants",
        allowed: "load.invariants, such as [{query: SELECT count(*) FROM t, equals: 1}]")
    case .errorHandling:
      return misfitOfErrorHandling
    case .wal, .disk:
      guard storage.isInMemory else { return nil }
      return Misfit(
        found: "\(check.rawValue) with storage.path ':memory:'",
        allowed: "\(check.rawValue) with a database in a file, since this one has none")
    default:
      return nil
    }
  }

  private func reasonAgainstSimulation(_ check: CheckName) -> String? {
    switch check {
    case .latency, .throughput, .recoveryTime: "simulated time measures nothing"
    case .busy, .counts: "how often something happens there is the explorer's choice"
    case .wal, .disk: "how large files get there is the explorer's choice"
    case .errors:
      draft.settings.explore.sweep == nil ? nil : "the errors of a sweep are those that it injects"
    default: nil
    }
  }

  /// Reason against `error_handling`: without an error there is nothing to handle.
  private var misfitOfErrorHandling: Misfit? {
    let hasErrors = draft.faults.contains { $0.kind.isOfCalls }
    guard !hasErrors, draft.settings.explore.sweep == nil else { return nil }
    return Misfit(
      found: "error_handling without errors",
      allowed: "error_handling with faults of the file system such as io_error, or with"
        + " explore.sweep")
  }
}

extension FaultSpecification.Kind {
  /// True if the file system layer causes the fault, call by call.
  var isOfCalls: Bool {
    switch self {
    case .ioError, .shortRead, .diskFull, .fsyncError, .bitFlip, .silentLock: true
    case .kill, .pause, .clock, .tamper, .staleLock: false
    }
  }
}
