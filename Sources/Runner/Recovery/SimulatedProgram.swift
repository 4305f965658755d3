import AssayModel
import AssayStorage
import CSQLite
import Checkers
import FaultVFS
import Platform
import SQLiteDriver
import Schedules
import Workloads

/// Runs the seeded programs of a cell on simulated disks, one after the other.
///
/// One per process: SQLite's random generator and the current disk belong to the process.
final class SimulatedProgram {
  let cell: PlannedCell
  let entry: WorkloadCatalog.Entry
  /// The scenario's own SQL, verified once.
  let sql: SQLProgram?
  /// What every program starts from.
  let template: DiskState
  /// Whether the schema has any.
  let hasForeignKeys: Bool
  let baton: Baton
  /// Where the actors of the last run began their operations.
  let operations = OperationClock()
  private(set) var reader: ImageReader
  private let clock: SimulatedClock
  /// Changes each disk before its engines are opened.
  var prepare: (SimulatedDisk) -> Void = { _ in }

  /// Creates the content that every program starts from.
  ///
  /// - Parameter entry: of the cell's workload; `nil` for the one that its name stands for.
  /// - Throws: an input error when the set-up fails.
  init(_ cell: PlannedCell, entry given: WorkloadCatalog.Entry? = nil) throws {
    self.cell = cell
    var entry = try given ?? workloadEntry(cell)
    baton = Baton(
      SimulationSettings(of: cell.load), chooser: SeededOrder(cell.seed),
      threads: ActorThreads(core: nil))
    clock = SimulatedClock(baton)
    SimulatedVFS.shared.register()
    let disk = SimulatedDisk(seed: cell.seed.derived("template"))
    SimulatedVFS.shared.disk = disk
    template = try Self.makeTemplate(disk, cell, entry, baton)
    hasForeignKeys = try Self.hasForeignKeys(template, clock)
    reader = ImageReader(time: clock, checksForeignKeys: hasForeignKeys)
    sql = try Self.verifiedSQL(cell, template, clock)
    if let sql {
      entry.make = { (context) throws(StorageError) in SQLWorkload(context, program: sql) }
    }
    self.entry = entry
  }

  /// The time of connections that nothing waits for.
  var time: any TimeSource { clock }

  /// Whether the scenario says what must always hold.
  var hasInvariants: Bool { sql?.load.invariants.isEmpty == false }

  /// A disk with the content that every program starts from, and no faults.
  func freshDisk(_ seed: Seed) -> SimulatedDisk { SimulatedDisk(template, seed: seed) }

  /// Bytes of a page of the database.
  var pageSize: Int64 {
    let pragma = cell.storage.pragmas.first { $0.name == "page_size" }
    return pragma.flatMap { Int64("\($0.value)") } ?? 4_096
  }

  /// The number under which the disk's log knows an actor.
  func actorNumber(_ actor: ActorID) -> Int32 {
    Int32(Int(actor.process) * actorsOfProcess + Int(actor.actor))
  }

  private var actorsOfProcess: Int { cell.load.writers + cell.load.readers }

  /// Whether the actor of a number may commit what another one asks for: under group commit each of
  /// its process may, otherwise only itself.
  func mayCommit(_ number: Int32, for actor: ActorID) -> Bool {
    guard cell.storage.topology == .groupCommit else { return number == actorNumber(actor) }
    return Int(number) / actorsOfProcess == Int(actor.process)
  }

  /// The seed of a program.
  func seed(of program: Int) -> Seed { cell.seed.derived("program", program) }

  // MARK: Template

  private static func makeTemplate(
    _ disk: SimulatedDisk, _ cell: PlannedCell, _ entry: WorkloadCatalog.Entry, _ baton: Baton
  ) throws -> DiskState {
    var configuration = DatabaseConfiguration(path: ImageReader.path, vfs: VFSName.simulated)
    let format = cell.storage.formatPragmas
    configuration.pragmas =
      format.map { SQLiteDriver.Pragma($0.name, $0.value) }
      + [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")]
    _ = assay_sqlite_prng_seed(1)
    let process = SimulatedProcess(0, in: baton, seed: cell.seed.derived("template"))
    try process.acting {
      let database = try Database(configuration, environment: process.environment)
      if cell.load.workload == .kv { _ = try KeyValueStore(database) }
      if cell.load.workload == .locks { _ = try LeaseLocks(database) }
      try database.write { connection in try entry.setUp(&connection, cell) }
      database.close()
    }
    return DiskState(of: disk)
  }

  private static func hasForeignKeys(
    _ template: DiskState, _ clock: SimulatedClock
  ) throws -> Bool {
    SimulatedVFS.shared.disk = SimulatedDisk(template)
    return try ImageReader(time: clock, checksForeignKeys: false).withConnection { connection in
      let references = SQL(
        "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%REFERENCES%'")
      return try connection.first(references) { $0.int64(0) } ?? 0 > 0
    }
  }

  private static func verifiedSQL(
    _ cell: PlannedCell, _ template: DiskState, _ clock: SimulatedClock
  ) throws -> SQLProgram? {
    guard cell.load.workload == .sql else { return nil }
    SimulatedVFS.shared.disk = SimulatedDisk(template)
    return try ImageReader(time: clock, checksForeignKeys: false).withConnection { connection in
      try SQLProgram(cell.load.sql ?? SQLLoad(), on: &connection)
    }
  }

  private var configuration: DatabaseConfiguration {
    .simulated(cell.storage, path: ImageReader.path)
  }

  /// Made once.
  private var reopening: DatabaseConfiguration?

  /// For a database that was opened with `configuration` before: what the file keeps is not set
  /// again, and nothing is read back.
  private func reopeningConfiguration() throws -> DatabaseConfiguration {
    if let reopening { return reopening }
    var configuration = configuration
    let lasting = ["page_size", "auto_vacuum", "encoding"]
    configuration.script = try PragmaScript(
      configuration.pragmas.filter { pragma in
        !lasting.contains(pragma.name)
          && !(pragma.name == "journal_mode" && pragma.value == "wal")
      })
    reopening = configuration
    return configuration
  }

  /// The content after a process has opened the database with the cell's settings, and closed it:
  /// in the cell's journal mode.
  func openedTemplate() throws -> DiskState {
    let disk = SimulatedDisk(template)
    SimulatedVFS.shared.disk = disk
    baton.reset(chooser: SeededOrder(cell.seed))
    let process = SimulatedProcess(0, in: baton, seed: cell.seed.derived("template"))
    try process.acting {
      let database = try Database(configuration, environment: process.environment)
      try database.withConnection { connection in _ = try connection.pragma("schema_version") }
      database.close()
    }
    return DiskState(of: disk)
  }

  // MARK: Running

  /// Runs one program from a fresh disk in its own order.
  ///
  /// - Parameters:
  ///   - skips: operations that are left out, for shrinking.
  ///   - schedule: who runs when; `nil` for a uniform one that the number determines.
  ///   - change: changes the constants of the world.
  func run(
    _ program: Int, skips: Set<ProgramPlace> = [], schedule: ScheduleDescription? = nil,
    change: (inout SimulationSettings) -> Void = { _ in }
  ) throws -> ProgramTrace {
    let schedule = schedule ?? .uniform(seed(of: program).derived("order"))
    let (disk, result) = try run(
      program, chooser: schedule.makeChooser(), skips: skips, change: change)
    for database in result.databases { database.close() }
    return try trace(disk, result)
  }

  /// Runs one program from a fresh disk, with a log; the engines stay open.
  ///
  /// - Parameters:
  ///   - chooser: chooses who runs next.
  ///   - start: what the disk holds; `nil` for the content that no process has opened yet.
  ///   - observer: told of every call of the disk.
  ///   - change: changes the constants of the world.
  func run(
    _ program: Int, chooser: any ActorChooser, skips: Set<ProgramPlace>,
    from start: DiskState? = nil, observer: (any DiskObserver)? = nil,
    change: (inout SimulationSettings) -> Void = { _ in }
  ) throws -> (disk: SimulatedDisk, result: SimulatedRunResult) {
    let seed = seed(of: program)
    let disk = SimulatedDisk(start ?? template, settings: cell.disk, seed: seed.derived("disk"))
    SimulatedVFS.shared.disk = disk
    _ = assay_sqlite_prng_seed(Int32(truncatingIfNeeded: seed.rawValue >> 33) | 1)
    baton.reset(chooser: chooser, change: change)
    disk.yieldPoint = baton
    prepare(disk)
    disk.observer = observer
    operations.reset()
    let died = disk.processDied
    baton.processDied = { died($0) }
    baton.deadUnwound = { disk.deadUnwound() }
    var run = SimulatedRun(cell, programSeed: seed, entry: entry, baton: baton)
    run.skips = skips
    run.operations = operations
    run.position = { UInt64(disk.log.position) }
    run.willRun = { disk.beginLog() }
    if !cell.faults.isEmpty {
      let faults = ScheduledFaults(cell, seed: seed.derived("faults"))
      run.faults = faults
      if faults.watchesCalls { disk.callFaults = faults }
    }
    let configuration = try start == nil ? configuration : reopeningConfiguration()
    var result = try run.run { process in
      try Database(configuration, environment: process.environment)
    }
    disk.callFaults = nil
    closeDead(&result, disk)
    disk.endLog()
    disk.yieldPoint = nil
    disk.observer = nil
    return (disk, result)
  }

  /// Closes the engines of dead processes while the disk still denies them everything.
  private func closeDead(_ result: inout SimulatedRunResult, _ disk: SimulatedDisk) {
    for place in result.lives.indices where result.lives[place].killed != nil {
      let number = result.lives[place].number
      disk.processDied(number)
      baton.acting(for: number) { result.lives[place].database?.close() }
      result.lives[place].database = nil
      disk.deadUnwound()
    }
  }

  private func trace(
    _ disk: SimulatedDisk, _ result: SimulatedRunResult
  ) throws -> ProgramTrace {
    let order = CommitOrder(
      disk.log.operations, result.events, actorNumber: actorNumber, mayCommit: mayCommit)
    var history = StateHistory(self, disk: disk, order: order, events: result.events)
    try history.read(&reader)
    var trace = ProgramTrace(
      disk: disk, events: result.events, order: order, states: history.states,
      checks: history.checks, report: result.report)
    trace.unreadable = history.damaged
    trace.firstFailures = result.firstFailures
    trace.connections = result.lives.flatMap(\.connections.events)
    trace.invariants = history.invariants
    return trace
  }
}
