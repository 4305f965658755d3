import AssayModel
import AssayStorage
import Glibc
import Platform
import SQLiteDriver
import Synchronization
import Workloads

/// Runs the actors of one process: a thread each, a recorder each, one storage engine for all.
final class RunWorker: Sendable {
  private let assignment: WorkerAssignment
  private let control: ControlChannel
  private let fileSystem: WorkerFileSystem?
  private let storage: WorkerStorage
  private let connections: ConnectionRecorder
  private let reports: FailureReports
  private let isStopped = Atomic<Bool>(false)

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) throws {
    self.assignment = assignment
    self.control = control
    fileSystem = try WorkerFileSystem.make(assignment)
    reports = FailureReports { [control] failure in
      try? control.send(WorkerMessage.failing(failure))
    }
    connections = try ConnectionRecorder(assignment, reports)
    storage = try WorkerStorage(assignment, vfs: fileSystem?.name, connections: connections)
  }

  func run() throws {
    let entry = try workloadEntry(assignment.cell)
    defer { connections.close() }
    fileSystem?.open(measuredFrom: assignment.measuredFrom)
    let (database, workload) = try storage.whenFree { try open(entry) }
    let preparer = isSingleThreaded ? nil : try HistoryPreparer()
    let writers = try actors.map { actor in
      try HistoryWriter(
        path: History.path(folder: assignment.historyFolder, actor: actor),
        metadata: HistoryMetadata(actor.packed), preparer: preparer)
    }
    try control.send(WorkerMessage.ready(WorkerReady(time: SystemTime())))
    guard let order = try awaitBegin() else {
      // Interrupted before it began: it ends in order, with nothing measured.
      return try control.send(WorkerMessage.finished(WorkerReport()))
    }
    if !isSingleThreaded { try listen() }
    let recorders = try runActors(workload, writers, order, entry)
    try report(recorders, database, entry)
  }

  /// Opens the database, prepares the workload and reads a first row.
  private func open(_ entry: WorkloadCatalog.Entry) throws -> (Database, any Workload) {
    let database = try storage.openDatabase()
    if assignment.cell.storage.isInMemory {
      try SetUpWorker.createContent(database, storage, entry)
    }
    let workload = try entry.make(
      WorkloadContext(
        cell: assignment.cell, process: assignment.process, incarnation: assignment.incarnation,
        owner: assignment.owner, database: database, environment: storage.environment))
    try database.read { connection in
      _ = try connection.rows(text: "SELECT 1 FROM sqlite_schema LIMIT 1")
    }
    return (database, workload)
  }

  // MARK: Actors

  /// Whether the only actor runs on the main thread and the process never starts another one.
  ///
  /// The C library locks without atomic instructions as long as there is one thread: a worker with
  /// one actor is to cost what a user's single-threaded program costs. Clocks must be movable while
  /// an actor sleeps, so that a cell with clock faults has its listener.
  private var isSingleThreaded: Bool {
    actors.count == 1 && !assignment.cell.faults.contains { $0.kind == .clock }
  }

  private struct Order {
    var start: MonotonicTime
    var measuredFrom: MonotonicTime
    var measuredUntil: MonotonicTime
  }

  private var actors: [ActorID] {
    (0..<assignment.cell.load.writers + assignment.cell.load.readers).map {
      ActorID(process: assignment.process, incarnation: assignment.incarnation, actor: $0)
    }
  }

  private func runActors(
    _ workload: any Workload, _ writers: [HistoryWriter], _ order: Order,
    _ entry: WorkloadCatalog.Entry
  ) throws -> [HistoryRecorder] {
    let load = assignment.cell.load
    let commits = assignment.killAfterCommits.map { CommitCounter(limit: $0) }
    let recorders = Recorders(
      writers.map { writer in
        HistoryRecorder(
          writer: writer, measuredFrom: order.measuredFrom, measuredUntil: order.measuredUntil,
          isOpenLoop: load.rate != .closed, expected: [entry.mainOperation], commits: commits,
          turns: storage.turns, reports: reports
        ) { [self] in
          if isSingleThreaded { readNews() }
          return isStopped.load(ordering: .relaxed)
        }
      })
    let run = { @Sendable [self] (index: Int, isPolling: Bool) in
      let recorder = recorders.all[index]
      let role: ActorRole = index < load.writers ? .writer : .reader
      let pacing = Pacing(
        load: load, actors: load.processes * actors.count,
        index: assignment.process * actors.count + index, start: order.start,
        until: order.measuredUntil,
        seed: assignment.cell.seed.derived("arrivals").derived("\(actors[index])"))
      let taker = makeTaker(isPolling: isPolling)
      guard taker?.enter() ?? true else { return }
      defer { taker?.end() }
      var news = NewsInterval()
      runActor(
        workload.makeActor(actors[index], role: role), pacing: pacing, recorder: recorder,
        time: pacingClock(taker), start: order.start,
        deadline: Pacing.deadline(of: load, until: order.measuredUntil)
      ) {
        if isPolling, news.isDue(at: recorder.lastReading) {
          recorder.prepare()
          readNews()
        }
        guard !isStopped.load(ordering: .relaxed) else { return false }
        return taker?.pass(at: recorder.lastReading) ?? true
      }
    }
    fileSystem?.begin(measuredFrom: order.measuredFrom, measuredUntil: order.measuredUntil)
    if isSingleThreaded {
      run(0, true)
    } else {
      let threads = try actors.indices.map { index in
        try SystemThread.start(name: "actor-\(index)") { run(index, false) }
      }
      for thread in threads { thread.join() }
    }
    fileSystem?.pause()
    for recorder in recorders.all { recorder.close() }
    return recorders.all
  }

  /// The turns of an actor, where its side works in turns.
  private func makeTaker(isPolling: Bool) -> TurnTaker? {
    storage.turns.map { clock in
      TurnTaker(clock) { [self] in
        if isPolling { readNews() }
        return !isStopped.load(ordering: .relaxed)
      }
    }
  }

  /// What an actor waits by between two operations.
  private func pacingClock(_ taker: TurnTaker?) -> any TimeSource {
    if let taker, let clock = storage.turns { TurnPacing(taker, clock) } else { storage.clock }
  }

  /// The recorders of a process.
  private struct Recorders: @unchecked Sendable {
    // Unchecked because each is used by one actor's thread only, and by this one after the joins.
    let all: [HistoryRecorder]

    init(_ all: [HistoryRecorder]) { self.all = all }
  }

  // MARK: Control

  private func awaitBegin() throws -> Order? {
    while let message = try control.receive(CoordinatorMessage.self) {
      switch message {
      case .begin(let start, let from, let until):
        return Order(start: start, measuredFrom: from, measuredUntil: until)
      case .changeClock(let change): storage.clock.apply(change)
      case .stop: return nil
      case .assignment, .explore: continue
      }
    }
    return nil
  }

  /// Follows the coordinator's messages on a thread of its own; ends the process with it.
  private func listen() throws {
    _ = try SystemThread.start(name: "control") { [self] in
      while let message = try? control.receive(CoordinatorMessage.self) {
        switch message {
        case .changeClock(let change): storage.clock.apply(change)
        case .stop: isStopped.store(true, ordering: .relaxed)
        case .assignment, .begin, .explore: continue
        }
      }
      // The coordinator is gone: nobody is left to report to.
      _exit(1)
    }
  }

  /// How often a process without a listener looks for messages between two operations.
  private struct NewsInterval {
    private static let interval = Nanoseconds.milliseconds(5)
    private var due = MonotonicTime(nanoseconds: 0)

    mutating func isDue(at now: MonotonicTime) -> Bool {
      guard now >= due else { return false }
      due = now + Self.interval
      return true
    }
  }

  /// Reads what the coordinator has said by now, without waiting.
  private func readNews() {
    var descriptor = pollfd(fd: control.descriptor, events: Int16(POLLIN), revents: 0)
    while unsafe poll(&descriptor, 1, 0) > 0 {
      guard let message = try? control.receive(CoordinatorMessage.self) else { _exit(1) }
      if case .stop = message { isStopped.store(true, ordering: .relaxed) }
    }
  }

  private func report(
    _ recorders: [HistoryRecorder], _ database: Database, _ entry: WorkloadCatalog.Entry
  ) throws {
    if assignment.cell.storage.isInMemory {
      let observation = try database.withConnection { connection in
        // The limit of the load's queries is not one of the final reading.
        connection.setDeadline(nil)
        return try ObserveWorker.observe(&connection, assignment, entry)
      }
      try control.send(WorkerMessage.observed(observation))
    }
    var operations: [OperationKind: OperationHistograms] = [:]
    for recorder in recorders { recorder.collect(into: &operations) }
    var report = WorkerReport()
    report.operations = OperationKind.allCases.compactMap { operations[$0] }
    report.add(database.statistics)
    if !assignment.cell.storage.isInMemory { report.addFiles(of: assignment.databasePath) }
    report.jemalloc = JemallocStatistics.current().map {
      [$0.allocated, $0.active, $0.mapped].map { UInt64($0.bytes) } + [$0.requests]
    }
    fileSystem?.close()
    database.close()
    fileSystem?.end()
    fileSystem?.add(to: &report)
    // Only closed connections have told what they did.
    report.add(database.statistics.work)
    try control.send(WorkerMessage.finished(report))
  }
}
