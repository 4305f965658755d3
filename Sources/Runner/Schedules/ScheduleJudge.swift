import AssayModel
import FaultVFS

/// Collects what was wrong in one schedule: the first finding of each check that the cell names.
struct ScheduleJudge {
  private let asked: Set<CheckName>
  private(set) var violations: [ScheduleViolation.Found] = []

  init(program: SimulatedProgram) {
    asked = Set(program.cell.expectations.map(\.check) + program.cell.furtherChecks)
  }

  /// Takes a run that did not come to its end.
  mutating func add(progress report: SimulationReport) {
    if let stuck = report.stuck { add(.progress, stuck) }
  }

  /// Takes why processes that were to come back did not.
  mutating func add(progress failures: [String]) {
    if let failure = failures.first { add(.progress, failure) }
  }

  /// Takes what the shared memory said that cannot be.
  mutating func add(_ faults: [SharedMemoryFault]) {
    guard let fault = faults.first else { return }
    add(
      .sharedMemory,
      "a checkpoint says that \(fault.checkpointed) frames are in the database, of a log that "
        + "holds \(fault.frames)")
  }

  /// Takes what is wrong with what a recoverer found.
  mutating func add(_ judgement: ImageJudge.Judgement, _ finder: String) {
    for found in judgement.violations { add(found.check, "\(finder): \(found.found)") }
  }

  /// Takes a write of a recoverer that was lost, refused or made up.
  mutating func add(durability found: String) { add(.durability, found) }

  /// Takes that recoverers found different contents.
  mutating func add(consistency found: String) { add(.consistency, found) }

  /// Takes the answers of the workload's own checks.
  mutating func add(_ results: [CheckResult]) {
    for result in results where result.status == .violated {
      add(result.check, result.witness.first ?? result.evidence)
    }
  }

  private mutating func add(_ check: CheckName, _ found: String) {
    guard asked.contains(check), !violations.contains(where: { $0.check == check }) else { return }
    violations.append(ScheduleViolation.Found(check: check, text: found))
  }
}
