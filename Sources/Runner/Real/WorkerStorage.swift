import AssayModel
import AssayStorage
import Platform
import SQLiteDriver
import Workloads

/// Opens the storage engine as a cell's settings say, with the sources of a worker process.
struct WorkerStorage {
  let assignment: WorkerAssignment
  let clock: ProcessClock
  /// The clock of its side, where sides work in turns.
  let turns: TurnClock?
  let environment: StorageEnvironment
  private let vfs: String?
  private let connections: ConnectionRecorder?

  /// - Parameter vfs: the registered file system layer for the cell's own connections; `nil` for
  ///   SQLite's.
  init(
    _ assignment: WorkerAssignment, vfs: String? = nil, connections: ConnectionRecorder? = nil
  ) throws(WorkerError) {
    self.assignment = assignment
    self.connections = connections
    self.vfs = vfs
    turns = try Self.turns(assignment)
    clock = ProcessClock(turns ?? SystemTime())
    let seed = assignment.cell.seed.derived("storage")
      .derived("process", assignment.process).derived("incarnation", assignment.incarnation)
    let host: SystemHost
    do {
      host = try SystemHost()
    } catch {
      throw WorkerError(.harness, "the process cannot identify itself: \(error)")
    }
    environment = StorageEnvironment(
      time: clock, parking: SystemParking(), spawning: SystemThreads(),
      random: SeededRandomSource(seed), host: host, connections: connections)
  }

  private static func turns(
    _ assignment: WorkerAssignment
  ) throws(WorkerError) -> TurnClock? {
    guard let seat = assignment.seat else { return nil }
    if let processor = seat.processor { ProcessorCore.stay(on: processor) }
    do {
      return TurnClock(try SharedTurns(opening: seat.path), side: seat.side)
    } catch {
      throw WorkerError(.harness, "the file of the turns cannot be mapped: \(error)")
    }
  }

  /// Opens the engine as the cell says: every setting is applied on every connection and read
  /// back.
  func openDatabase() throws(WorkerError) -> Database {
    let storage = assignment.cell.storage
    var configuration = DatabaseConfiguration(storage, path: assignment.databasePath)
    configuration.vfs = vfs ?? storage.vfs.name(ofProcess: assignment.process)
    return try open(configuration)
  }

  /// Opens the engine with one connection and these pragmas, for the set-up.
  func openDatabase(_ pragmas: [Pragma]) throws(WorkerError) -> Database {
    try open(DatabaseConfiguration(path: assignment.databasePath, pragmas: pragmas))
  }

  /// Does what a process does before it is ready, again and again while the database is busy.
  ///
  /// The cell's busy policy, which may be not to wait at all, is for what the cell measures: with
  /// it several processes could never open one database at once. Every attempt is recorded.
  ///
  /// - Throws: `OpeningRefusal` when the time is over.
  func whenFree<Value>(_ body: () throws -> Value) throws -> Value {
    let time = SystemTime()
    let start = time.monotonicNow()
    connections?.beginSeries()
    defer { connections?.endSeries() }
    while true {
      let (attempt, failures) = (time.monotonicNow(), connections?.failures)
      do {
        return try body()
      } catch {
        guard
          let refusal = OpeningRefusal(
            error, in: assignment.cell, patience: assignment.openingPatience)
        else { throw error }
        if connections?.failures == failures {
          connections?.failed(since: attempt, refusal.cause)
        }
        guard time.monotonicNow() < start + refusal.patience else { throw refusal }
        try time.sleep(for: refusal.pause)
      }
    }
  }

  private func open(_ configuration: DatabaseConfiguration) throws(WorkerError) -> Database {
    do {
      return try Database(configuration, environment: environment)
    } catch {
      throw WorkerError(
        .input, "the database cannot be opened as the scenario says", cause: error)
    }
  }

  /// Opens one connection for set-up and observation, outside of the engine.
  ///
  /// - Parameter pragmas: in the order in which they are applied.
  func openConnection(_ pragmas: [Pragma]) throws(WorkerError) -> Connection {
    do {
      return try Connection(
        ConnectionOptions(
          path: assignment.databasePath, pragmas: pragmas, busy: .sqlite(timeout: .seconds(10)),
          time: clock))
    } catch {
      throw WorkerError(.input, "the database cannot be opened", cause: error)
    }
  }
}

/// Returns the workload of a cell, or why it cannot run.
func workloadEntry(
  _ cell: PlannedCell
) throws(WorkerError) -> WorkloadCatalog.Entry {
  guard let entry = WorkloadCatalog.entry(cell.load.workload) else {
    throw WorkerError(
      .input, "this version can't run the workload '\(cell.load.workload.rawValue)' yet")
  }
  return entry
}
