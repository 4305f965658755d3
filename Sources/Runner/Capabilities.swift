public import AssayModel
import Workloads

/// What this version can run. The format knows more: such scenarios pass `check`.
public enum Capabilities {
  /// Checks that this version can make in the real world.
  public static let checks: Set<CheckName> = [
    .integrity, .durability, .atomicity, .mutualExclusion, .recoveryTime, .busy, .latency,
    .throughput,
  ]

  /// Faults that this version can inject in the real world.
  public static let faults: Set<FaultSpecification.Kind> = [.kill, .pause, .staleLock, .clock]

  /// Says why a plan can't be run, or nothing.
  ///
  /// - Throws: an input error that names what this version can't do yet.
  public static func verify(_ plan: Plan) throws(RunnerError) {
    guard plan.scenario.world == .real else {
      throw notYet("world: simulated")
    }
    if let section = plan.scenario.sectionsForLater.first { throw notYet("section '\(section)'") }
    for cell in plan.cells {
      guard WorkloadCatalog.entry(cell.load.workload) != nil else {
        throw notYet("workload '\(cell.load.workload.rawValue)'")
      }
      for fault in cell.faults where !faults.contains(fault.kind) {
        throw notYet("fault '\(fault.kind.rawValue)'")
      }
      let named = cell.expectations.map(\.check) + cell.furtherChecks
      for check in named where !checks.contains(check) {
        throw notYet("check '\(check.rawValue)'")
      }
      try verifySizes(cell)
      try verifyKeys(cell)
    }
  }

  /// Numbers that a transfer's identifier cannot hold.
  private static func verifySizes(_ cell: PlannedCell) throws(RunnerError) {
    let actors = cell.load.writers + cell.load.readers
    guard cell.load.processes <= 500, actors <= 1_000 else {
      throw RunnerError(
        .input,
        "cell \(cell.id) asks for \(cell.load.processes) processes with \(actors) actors each; "
          + "at most 500 and 1,000 are supported")
    }
  }

  private static func verifyKeys(_ cell: PlannedCell) throws(RunnerError) {
    guard cell.load.keyCount <= 100_000_000 else {
      throw RunnerError(
        .input,
        "cell \(cell.id) asks for \(cell.load.keyCount) keys; at most 100,000,000 are supported")
    }
  }

  private static func notYet(_ what: String) -> RunnerError {
    RunnerError(
      .input, "\(what) is part of the scenario format, but this version can't run it yet")
  }
}
