import AssayModel
import AssayStorage
import CSQLite
import FaultVFS
import SQLiteDriver
import Schedules
import Workloads

/// The one simulated world of a sweep's worker: runs a cell's program again and again, from the
/// same disk and in the same order, each time with another fault.
final class SweepWorld {
  /// The database, as the simulated file system knows it.
  static let path = "/assay.db"
  /// The chance that an actor goes on without a draw: hand-overs cost more than anything else here.
  private static let stickiness = 0.8
  /// Steps after which a run is a livelock; a run has a few hundred.
  private static let stepLimit = 200_000

  let cell: PlannedCell
  let entry: WorkloadCatalog.Entry
  let baton: Baton
  /// Opens the engine of a process; tests put faulty engines here.
  var open: (SimulatedProcess) throws -> Database
  private let template: DiskState
  /// Disks of runs that left files open: the handles point at them for ever.
  private var leakedDisks: [SimulatedDisk] = []

  /// Creates the content that every run starts from.
  ///
  /// - Throws: what creating it throws.
  init(_ cell: PlannedCell, entry: WorkloadCatalog.Entry, threads: ActorThreads) throws {
    self.cell = cell
    self.entry = entry
    var settings = SimulationSettings()
    settings.stepLimit = Self.stepLimit
    baton = Baton(settings, chooser: SeededOrder(cell.seed), threads: threads)
    SimulatedVFS.shared.register()
    let storage = cell.storage
    open = { process in
      try Database(
        .simulated(storage, path: Self.path), environment: process.environment)
    }
    template = try Self.makeTemplate(cell, entry, baton)
  }

  deinit {
    SimulatedVFS.shared.disk = nil
  }

  /// Fills a database with storage's own tables and the workload's, as the real set-up does.
  private static func makeTemplate(
    _ cell: PlannedCell, _ entry: WorkloadCatalog.Entry, _ baton: Baton
  ) throws -> DiskState {
    let disk = SimulatedDisk(seed: cell.seed)
    SimulatedVFS.shared.disk = disk
    seedSQLite(cell.seed)
    let process = SimulatedProcess(0, in: baton, seed: cell.seed)
    let format = cell.storage.formatPragmas.map { Pragma($0.name, $0.value) }
    let database = try Database(
      DatabaseConfiguration(
        path: path, pragmas: format + [Pragma("journal_mode", "memory")], vfs: VFSName.simulated),
      environment: process.environment)
    _ = try KeyValueStore(database)
    if cell.load.workload == .locks { _ = try LeaseLocks(database) }
    try database.write { connection in try entry.setUp(&connection, cell) }
    database.close()
    return DiskState(of: disk)
  }

  /// Runs the program of a cell with one fault, and judges what it left.
  ///
  /// - Parameters:
  ///   - fault: `nil` for a run without one.
  ///   - program: which program runs.
  /// - Throws: an input error when the database cannot be opened although nothing was hit.
  func run(_ fault: SweepFault?, program: Int) throws -> SweepRunResult {
    let seed = cell.seed.derived("sweep").derived("program", program)
    let disk = SimulatedDisk(template, settings: cell.disk, seed: seed.derived("disk"))
    Self.seedSQLite(seed.derived("sqlite"))
    SimulatedVFS.shared.disk = disk
    baton.reset(
      chooser: SeededOrder(
        seed.derived("schedule"), stickiness: Probability(Self.stickiness)))
    let simulated = SimulatedRun(
      cell, programSeed: seed.derived("actors"), entry: entry, baton: baton)
    let trial = SweepTrial(simulated, disk: disk, injector: SweepInjector(fault, disk), open: open)
    let result = try trial.run()
    if disk.openFileCount > 0 { leakedDisks.append(disk) }
    return result
  }

  /// Seeds the generator behind WAL salts and temporary names: without it no run is like another.
  private static func seedSQLite(_ seed: Seed) {
    _ = assay_sqlite_prng_seed(Int32(truncatingIfNeeded: seed.rawValue) | 1)
  }
}
