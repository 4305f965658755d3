import AssayModel
import AssayStorage
import Checkers
import Platform
import SQLiteDriver
import Synchronization
import Testing
import Workloads

/// One cell in this process: a real file, the real storage engine, real actors, the real checks.
///
/// With a virtual clock one thread plays all actors; without one the clocks are the system's and
/// `runThreads` gives each actor a thread. A process is a storage engine of its own on the file.
final class Trial: Sendable {
  /// What the processes of a trial share, and those that were opened so far.
  private struct State {
    var processes: [Int: TrialProcess] = [:]
    var actors: [TrialActor] = []
  }

  let cell: PlannedCell
  let entry: WorkloadCatalog.Entry
  let folder: TemporaryFolder
  let environment: StorageEnvironment
  let clock: VirtualClock
  private let isVirtual: Bool
  private let began: MonotonicTime
  private let state = Mutex(State())

  /// Creates the file with its schema and initial content.
  ///
  /// - Parameter change: the cell starts from the defaults with a few keys.
  init(
    _ workload: LoadSettings.Workload, seed: UInt64, isVirtual: Bool = true,
    change: (inout PlannedCell) -> Void = { _ in }
  ) throws {
    var cell = PlannedCell(
      id: "default", parameters: [], storage: StorageSettings(), locks: LockSettings(),
      load: LoadSettings(workload: workload), faults: [], expectations: [],
      furtherChecks: CheckSuite.checks, seed: Seed(seed))
    cell.load.keyCount = workload == .locks ? 1 : 20
    cell.storage.busy = .fair
    change(&cell)
    self.cell = cell
    self.isVirtual = isVirtual
    entry = try #require(WorkloadCatalog.entry(workload))
    folder = try TemporaryFolder()
    clock = VirtualClock()
    let time: any TimeSource = isVirtual ? clock : SystemTime()
    environment = StorageEnvironment(
      time: time, parking: isVirtual ? clock : SystemParking(), spawning: SystemThreads(),
      random: SeededRandomSource(cell.seed.derived("storage")), host: try SystemHost())
    began = time.monotonicNow()
    try fill()
  }

  /// For messages: what a failure needs to be seen again.
  var replay: Comment { "seed \(cell.seed); swift test --filter WorkloadsTests" }

  // MARK: Actors

  /// The storage engine and workload of a process, opened at first use.
  func process(_ number: Int = 0) throws -> TrialProcess {
    if let known = state.withLock({ $0.processes[number] }) { return known }
    let process = try TrialProcess(number, of: self)
    state.withLock { $0.processes[number] = process }
    return process
  }

  /// Creates an actor of the workload.
  func actor(
    _ number: Int = 0, process: Int = 0, role: ActorRole = .writer
  ) throws -> TrialActor {
    let identifier = ActorID(process: process, incarnation: 0, actor: number)
    let actor = try self.process(process).workload.makeActor(identifier, role: role)
    return adopt(actor, as: identifier)
  }

  /// Creates an actor that is the test's own, with a recorder whose history counts.
  func adopt(_ actor: any WorkloadActor, as identifier: ActorID) -> TrialActor {
    let (clock, isVirtual, real) = (clock, isVirtual, SystemTime())
    let recorder = HeapRecorder(actor: identifier) {
      isVirtual ? clock.stamp() : real.monotonicNow()
    }
    let adopted = TrialActor(actor, recorder: recorder, time: environment.time)
    state.withLock { $0.actors.append(adopted) }
    return adopted
  }

  /// Lets all actors of the cell work, each on a thread, until its operations are done.
  func runThreads() throws {
    let load = cell.load
    let count = load.writers + load.readers
    let start = environment.time.monotonicNow()
    // A limit for a run that hangs; operations end it long before.
    let end = start + .seconds(60)
    var threads: [SystemThread] = []
    for process in 0..<load.processes {
      for number in 0..<count {
        let actor = try actor(
          number, process: process, role: number < load.writers ? .writer : .reader)
        let pacing = Pacing(
          load: load, actors: load.processes * count, index: process * count + number,
          start: start, until: end,
          seed: cell.seed.derived("arrivals").derived("\(process)/\(number)"))
        threads.append(
          try SystemThread.start(name: "actor-\(number)") {
            actor.run(pacing: pacing, start: start, deadline: end)
          })
      }
    }
    for thread in threads { thread.join() }
  }

  // MARK: Sabotage

  /// Runs SQL on a connection of its own, as somebody would who knows nothing of the harness.
  func execute(_ sql: String) throws {
    var connection = try connect()
    try connection.execute(sql)
    try connection.close()
  }

  func connect(_ file: String = databaseName) throws -> Connection {
    try Connection(
      ConnectionOptions(
        path: folder.path(file), pragmas: [Pragma("synchronous", "off")],
        busy: .sqlite(timeout: .seconds(10)), time: SystemTime()))
  }

  static let databaseName = "cell.db"

  // MARK: Judging

  /// Reads the content on a fresh connection and runs every check over it and all histories.
  ///
  /// - Parameter file: another database to be judged in place of the trial's own.
  func judge(
    _ file: String = databaseName,
    initialNonce: @escaping @Sendable (UInt64) -> UInt64 = { InitialContent.nonce(ofKey: $0) }
  ) throws -> Judged {
    var connection = try connect(file)
    var rows: [ContentRow] = []
    try entry.readContent(&connection) { rows.append($0) }
    let observation = Observation(
      integrityRows: try connection.integrityCheck(),
      foreignKeyRows: try connection.foreignKeyCheck().map { "\($0)" }, contentRows: rows.count,
      invariants: entry.readInvariants(&connection, cell))
    let events = state.withLock { $0.actors }.flatMap(\.events)
    let suite = CheckSuite(record: record(observation), initialNonce: initialNonce)
    var stream = HeapEvents(events)
    var content: HeapContent? = HeapContent(rows)
    let findings = try suite.run(events: &stream, content: &content)
    return Judged(findings: findings, content: rows, events: events, replay: replay)
  }

  private func record(_ observation: Observation) -> CellRecord {
    let ended = environment.time.monotonicNow()
    let numbers = state.withLock { $0.processes.keys.sorted() }
    return CellRecord(
      cell: cell, repetition: 0, measuredFrom: began, measuredUntil: ended,
      processes: numbers.map { number in
        ProcessRecord(
          process: number, incarnation: 0, owner: TrialProcess.owner(number), started: began,
          ready: began, ended: ended, wasKilled: false, peakResidentBytes: 0)
      },
      faults: [], observation: observation,
      library: LibraryVersion(number: SQLiteLibrary.versionNumber))
  }

  private func fill() throws {
    let database = try Database(
      DatabaseConfiguration(
        path: folder.path(Self.databaseName),
        pragmas: [Pragma("journal_mode", "memory"), Pragma("synchronous", "off")]),
      environment: environment)
    _ = try KeyValueStore(database)
    _ = try LeaseLocks(database)
    try database.write { connection in try entry.setUp(&connection, cell) }
    database.close()
  }
}
