import AssayModel
import AssayStorage
import SQLiteDriver
import Testing
import Workloads

@testable import Runner

/// A simulated world over a real file, whose calls are not steps: park, sleep and the points
/// between operations are.
struct SimulatedWorld {
  let sandbox: Sandbox
  let baton: Baton
  let threads: ActorThreads

  init(
    seed: UInt64, threads: ActorThreads = ActorThreads(),
    change: (inout SimulationSettings) -> Void = { _ in }
  ) throws {
    sandbox = try Sandbox()
    self.threads = threads
    baton = BatonTests.baton(seed: seed, threads: threads, change: change)
  }

  /// A process of the world.
  func process(_ number: Int) -> SimulatedProcess {
    SimulatedProcess(number, in: baton, seed: Seed(1))
  }

  /// Opens the engine of a process from outside.
  func open(
    _ process: SimulatedProcess, change: (inout StorageSettings) -> Void = { _ in }
  ) throws -> Database {
    var storage = StorageSettings()
    storage.synchronous = .off
    // SQLite's own handler would really sleep through the system's VFS.
    storage.busy = .fair
    change(&storage)
    return try process.acting {
      try Database(
        DatabaseConfiguration(storage, path: sandbox.file("cell.db")),
        environment: process.environment)
    }
  }

  /// A cell of a workload with few keys.
  static func cell(
    _ workload: LoadSettings.Workload, change: (inout PlannedCell) -> Void = { _ in }
  ) -> PlannedCell {
    var cell = PlannedCell(
      id: "default", parameters: [], storage: StorageSettings(), locks: LockSettings(),
      load: LoadSettings(workload: workload), faults: [], expectations: [], furtherChecks: [],
      seed: Seed(0))
    cell.storage.synchronous = .off
    cell.storage.busy = .fair
    cell.load.keyCount = workload == .locks ? 1 : 20
    cell.load.processes = 2
    cell.load.writers = 2
    cell.load.readers = 1
    cell.load.extent = .operations(60)
    change(&cell)
    return cell
  }

  /// Creates the content of a cell, and runs it.
  func run(
    _ cell: PlannedCell, program: UInt64 = 1, prepare: (inout SimulatedRun) -> Void = { _ in }
  ) throws -> SimulatedRunResult {
    let entry = try #require(WorkloadCatalog.entry(cell.load.workload))
    let outside = process(0)
    let template = try open(outside) { $0.journalMode = .memory }
    _ = try KeyValueStore(template)
    _ = try LeaseLocks(template)
    try template.write { connection in try entry.setUp(&connection, cell) }
    template.close()
    var run = SimulatedRun(cell, programSeed: Seed(program), entry: entry, baton: baton)
    prepare(&run)
    return try run.run { process in
      try Database(
        DatabaseConfiguration(cell.storage, path: sandbox.file("cell.db")),
        environment: process.environment)
    }
  }
}
