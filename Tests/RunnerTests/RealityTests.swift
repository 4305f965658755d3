import AssayModel
import Foundation
import Testing

@testable import Runner

/// The same programs on the simulated disk and on real files.
@Suite("The simulation checked against reality")
struct RealityTests {
  @Test(
    "Bytes at every sync, and files after a kill at the same call, are those of the simulation",
    arguments: ["delete", "truncate", "persist", "wal"], ["kv", "ledger", "mixed"])
  func sameBytes(journal: String, workload: String) async throws {
    let outcome = try await Reality(workload, journal).run {
      $0.programs = 2
      $0.kills = 20
    }
    #expect(outcome.differences == [])
    #expect(outcome.kills.count == 20)
    #expect(outcome.recoveries == 4)
    #expect(outcome.syncs > 50)
    #expect(outcome.waits > 0)
  }

  @Test(
    "Without a journal on disk they are the same too", arguments: ["memory", "off"],
    ["kv", "ledger", "mixed"])
  func withoutJournal(journal: String, workload: String) async throws {
    let outcome = try await Reality(workload, journal).run { $0.kills = 8 }
    #expect(outcome.differences == [])
    #expect(outcome.kills.count == 8)
    #expect(outcome.syncs > 20)
  }

  /// Settings that make SQLite ask for other things.
  private static let corners = [
    "{ journal_mode: delete, synchronous: extra, page_size: 512, begin: deferred }",
    "{ journal_mode: delete, synchronous: full, page_size: 512, cache_size: 2 }",
    "{ journal_mode: persist, synchronous: normal, journal_size_limit: 600 }",
    "{ journal_mode: truncate, auto_vacuum: full, secure_delete: on }",
    "{ journal_mode: delete, busy: none }", "{ journal_mode: wal, busy: none, begin: deferred }",
    "{ journal_mode: wal, page_size: 512, cache_size: 2, wal_autocheckpoint: 3 }",
    "{ journal_mode: wal, synchronous: extra, journal_size_limit: 0 }",
    "{ journal_mode: wal, synchronous: normal, begin: deferred, busy: fair }",
    "{ journal_mode: wal, topology: group-commit }",
    "{ journal_mode: delete, topology: single-writer }",
  ]

  @Test("So they are with other settings", arguments: corners)
  func corner(storage: String) async throws {
    let outcome = try await Reality(storage: storage, workload: "mixed", processes: 3).run {
      $0.programs = 4
    }
    #expect(outcome.differences == [])
    #expect(outcome.programs == 4)
  }
}

/// One comparison: its cell and a folder of its own.
struct Reality: Sendable {
  let sandbox: Sandbox
  let cell: PlannedCell

  /// A cell in which connections get into each other's way.
  init(_ workload: String, _ journal: String) throws {
    try self.init(
      storage: """
        { journal_mode: \(journal), synchronous: full, page_size: 1024, wal_autocheckpoint: 8,
          max_open_connections: 2 }
        """, workload: workload, processes: 2)
  }

  init(storage: String, workload: String, processes: Int) throws {
    sandbox = try Sandbox()
    cell = try SweepHarness.cell(
      """
      storage: \(storage)
      load:
        { workload: \(workload), processes: \(processes), writers: 2, operations: 16,
          keys: { count: 12 } }
      explore: { crashes: power-loss, minimum: 1, schedules: 1 }
      """)
  }

  /// A new folder.
  func folder(_ name: String) throws -> String {
    let path = sandbox.file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    return path
  }

  /// Compares with real workers.
  func run(_ change: (inout RealityCheck) -> Void) async throws -> RealityOutcome {
    var changed = RealityCheck(
      cell: cell,
      launcher: WorkerLauncher(
        executable: Assay.executable, logFolder: sandbox.path, libraryFolder: nil),
      folder: sandbox.path)
    change(&changed)
    let check = changed
    let slot = await Slot.take()
    let result: Result<RealityOutcome, RunnerError> = await onThread {
      Result { () throws(RunnerError) in try check.run() }
    }
    withExtendedLifetime((slot, self)) {}
    return try result.get()
  }
}
