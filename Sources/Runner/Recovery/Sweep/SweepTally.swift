import AssayModel

/// Adds up what the lines of a sweep found, and judges.
struct SweepTally {
  /// Findings that are kept and written; more are only counted.
  static let findingLimit = 50
  /// The checks that a sweep can answer.
  static let answered: [CheckName] = [
    .integrity, .durability, .atomicity, .invariants, .progress, .errorHandling,
  ]
  /// Lines of a witness.
  private static let witnessLimit = 5

  private let scenario: String
  private let cell: PlannedCell
  private(set) var findings: [SweepFinding] = []
  private var total = SweepBlockResult()
  private var faultsByName: [String: UInt64] = [:]
  private var violations: [CheckName: [String]] = [:]
  private var programs: UInt64 = 0
  /// Why not everything was tried, if so.
  var shortfall: String?

  init(scenario: String, cell: PlannedCell) {
    self.scenario = scenario
    self.cell = cell
  }

  /// Runs in which a fault hit.
  var faults: UInt64 { total.faults }

  /// Whether a program acknowledged a write, or has none that could.
  var acknowledges: Bool { total.acknowledged > 0 || cell.load.writers == 0 }

  /// Adds a program: its run without a fault, and its lines in their order.
  mutating func add(
    program: Int, untouched: SweepBlockResult,
    lines: [(line: SweepFault.Line, result: SweepBlockResult)]
  ) {
    programs += 1
    add(untouched, program: program, line: nil)
    for (line, result) in lines {
      add(result, program: program, line: line)
      guard result.faults > 0 else { continue }
      faultsByName["faults_\(line.target.countName)", default: 0] += result.faults
    }
  }

  private mutating func add(_ result: SweepBlockResult, program: Int, line: SweepFault.Line?) {
    total.add(result)
    for bad in result.bad {
      let finding = SweepFinding(
        scenario: scenario, cell: cell, program: program,
        fault: line.map { SweepFault(program: program, line: $0, call: bad.call) },
        problems: bad.problems)
      if findings.count < Self.findingLimit { findings.append(finding) }
      let cause = finding.fault.map { "\($0)" } ?? "without a fault"
      for problem in bad.problems {
        // What the cell does not ask for by name is not lost: errors must do no harm at all.
        let check = isAsked(problem.check) ? problem.check : .errorHandling
        violations[check, default: []].append(
          "\(cause): \(problem.lines.first ?? "")")
      }
    }
  }

  /// Coverage, by name.
  var explored: [String: UInt64] {
    var explored = faultsByName
    explored["faults"] = total.faults
    explored["reported"] = total.reported
    explored["absorbed"] = total.faults - total.reported
    explored["kept_locks"] = total.keptLocks
    explored["acknowledged_writes"] = total.acknowledged
    explored["programs"] = programs
    explored["bad_runs"] = total.badCount
    return explored
  }

  /// One answer for each check that the cell asks for and a sweep can give.
  var checks: [CheckResult] {
    Self.answered.filter(isAsked).map(result)
  }

  private func isAsked(_ check: CheckName) -> Bool {
    cell.furtherChecks.contains(check) || cell.expectations.contains { $0.check == check }
  }

  private func result(_ check: CheckName) -> CheckResult {
    let evidence =
      "\(total.faults) faults, \(total.reported) reported, "
      + "\(total.faults - total.reported) absorbed, \(total.acknowledged) acknowledged writes"
    if let lines = violations[check] {
      var witness = Array(lines.prefix(Self.witnessLimit))
      if lines.count > witness.count { witness.append("and \(lines.count - witness.count) more") }
      return .violated(check, evidence: evidence, witness: witness)
    }
    if !SweepJudge.canJudge(check, cell.load.workload) {
      return .unknown(
        check, evidence: evidence,
        reason: "the workload \(cell.load.workload.rawValue) cannot show it")
    }
    if check == .invariants, let reason = total.unfinished {
      return .unknown(check, evidence: evidence, reason: reason)
    }
    if let minimum = cell.explore?.minimum, total.faults < UInt64(minimum) {
      let reason = shortfall.map { "; \($0)" } ?? ""
      return .unknown(
        check, evidence: evidence,
        reason: "\(total.faults) faults are fewer than the minimum of \(minimum)\(reason)")
    }
    if total.acknowledged == 0 {
      return .unknown(
        check, evidence: evidence, reason: "no write was acknowledged", sawNothing: true)
    }
    return .valid(check, evidence: evidence)
  }
}
