import AssayModel
import Testing

@testable import Runner

/// The same programs on the simulated disk and on real files.
@Suite("The simulation checked against reality")
struct RealityTests {
  /// Places of a cell at which a process is killed.
  private static let kills = 24

  /// A cell in which connections get into each other's way.
  static func cell(_ workload: String, _ journal: String, seed: UInt64 = 1) throws -> PlannedCell {
    try SweepHarness.cell(
      """
      storage: { journal_mode: \(journal), synchronous: full, page_size: 1024,
                 wal_autocheckpoint: 8, max_open_connections: 2 }
      load: { workload: \(workload), processes: 2, writers: 2, operations: 6, keys: { count: 12 } }
      explore: { crashes: power-loss, minimum: 1, schedules: 1 }
      """, seed: seed)
  }

  static func check(
    _ cell: PlannedCell, _ sandbox: Sandbox, program: Int = 0
  ) -> RealityCheck {
    RealityCheck(
      cell: cell, program: program,
      launcher: WorkerLauncher(
        executable: Assay.executable, logFolder: sandbox.path, libraryFolder: nil),
      folder: sandbox.path)
  }

  @Test(
    "Bytes at every sync, and files after a kill at the same call, are those of the simulation",
    arguments: ["delete", "truncate", "persist", "wal", "memory", "off"],
    ["kv", "ledger", "mixed"])
  func sameBytes(journal: String, workload: String) async throws {
    let sandbox = try Sandbox()
    let check = Self.check(try Self.cell(workload, journal), sandbox)
    let slot = await Slot.take()
    let result: Result<RealityCheck.Outcome, RunnerError> = await onThread {
      Result { () throws(RunnerError) in try check.run(kills: Self.kills) }
    }
    withExtendedLifetime(slot) {}
    let outcome = try result.get()
    #expect(outcome.differences == [])
    #expect(outcome.real.ending == "finished")
    #expect(outcome.kills.count == Self.kills)
    #expect(outcome.real.syncCount > 10)
    let record = outcome.real
    print(
      "REALITY \(journal) \(workload): calls \(record.calls.count) steps \(record.steps.count) "
        + "syncs \(record.syncCount) kills \(outcome.kills.count) events \(record.events.count)")
  }
}
