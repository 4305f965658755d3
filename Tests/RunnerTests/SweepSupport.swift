import AssayModel
import Foundation
import Platform
import ScenarioFiles
import Testing

@testable import Runner

/// Sweeps of tests: small cells, real workers.
struct SweepHarness: Sendable {
  let sandbox: Sandbox
  /// What workers are started from.
  var executable = Assay.executable

  init() throws { sandbox = try Sandbox() }

  /// A cell of the simulated world.
  static func cell(_ sections: String, seed: UInt64 = 1) throws -> PlannedCell {
    try planned(Text.scenario("world: simulated\n" + sections), seed: seed)
  }

  /// The first cell of a scenario.
  static func planned(_ text: String, seed: UInt64 = 1) throws -> PlannedCell {
    let plan = try ScenarioFile(text: text, name: "sweep.yaml").plan(seed: Seed(seed))
    return try #require(plan.cells.first)
  }

  /// A cell with few operations of a workload.
  static func small(
    _ workload: String, journal: String = "wal", sweep: String = "io-errors", minimum: Int = 1,
    operations: Int = 2
  ) throws -> PlannedCell {
    try cell(
      """
      storage: { journal_mode: \(journal), synchronous: full, page_size: 1024,
                 wal_autocheckpoint: 2, max_open_connections: 1 }
      load: { workload: \(workload), operations: \(operations), keys: { count: 8 } }
      explore: { sweep: \(sweep), minimum: \(minimum), schedules: 1 }
      check: [error_handling, integrity, durability]
      """)
  }

  private var launcher: WorkerLauncher {
    WorkerLauncher(executable: executable, logFolder: sandbox.path, libraryFolder: nil)
  }

  /// Sweeps a cell.
  func sweep(_ cell: PlannedCell, jobs: Int = 2) async throws -> SweepOutcome {
    let slot = await Slot.take()
    let sweep = SweepCell(
      scenario: "sample", cell: cell, launcher: launcher, jobs: jobs, time: SystemTime(),
      expectedSourceID: nil)
    let result: Result<SweepOutcome, RunnerError> = await onThread {
      Result { () throws(RunnerError) in try sweep.run() }
    }
    withExtendedLifetime(slot) {}
    return try result.get()
  }

  /// Runs a finding again.
  func runAgain(_ finding: SweepFinding) async throws -> [SweepProblem] {
    let launcher = launcher
    let result: Result<[SweepProblem], RunnerError> = await onThread {
      Result { () throws(RunnerError) in
        try finding.runAgain(launcher: launcher, time: SystemTime())
      }
    }
    return try result.get()
  }
}

extension SweepOutcome {
  /// The status of a check; `nil` when it was not answered.
  func status(_ check: CheckName) -> CheckResult.Status? {
    checks.first { $0.check == check }?.status
  }

  /// What a failing test shows.
  var text: String {
    let lines = checks.map { "\($0.check): \($0.status) \($0.witness) \($0.reason ?? "")" }
    return (lines + ["\(explored.sorted { $0.key < $1.key })"] + findings.map(\.summary))
      .joined(separator: "\n")
  }
}
