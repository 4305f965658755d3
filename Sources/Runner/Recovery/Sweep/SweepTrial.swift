import AssayModel
import AssayStorage
import CSQLite
import FaultVFS
import SQLiteDriver
import Workloads

/// One run of a sweep from the first opening to the last look at the database.
///
/// The fault may hit while databases are opened, while actors work, and, if it has not come by
/// then, while the databases are closed. Then it is cleared, and everything must be as if it had
/// never been, apart from what was reported.
final class SweepTrial {
  /// How long actors may take, in virtual time: they work for a second at most, and wait for a lock
  /// as long as the busy timeout says, again and again.
  private static let patience = Nanoseconds.seconds(60)
  /// Operations that are tried for a write among them; the mix may draw reads.
  private static let retryLimit = 50
  /// Incarnations of the actors that try again, so that their writes have names of their own.
  private static let (retrying, fresh) = (1, 2)

  private let simulated: SimulatedRun
  private let disk: SimulatedDisk
  private let injector: SweepInjector
  private let open: (SimulatedProcess) throws -> Database
  private var events: [Event] = []
  private var problems: [SweepProblem] = []
  /// Why an invariant could not be told, if so.
  private var unfinished: String?
  /// Engines that were opened, for who closes them when nobody comes to an end.
  private let opened = OpenedDatabases()
  /// True if the actors were stopped in a deadlock or livelock.
  private var wasGivenUp = false
  /// Whether a lock stayed that could not be given back.
  private var keptLock = false
  /// Why the databases could not be opened.
  private var refusal: (any Error)?
  /// When the actors had ended.
  private var ended: MonotonicTime

  private var cell: PlannedCell { simulated.cell }
  private var baton: Baton { simulated.baton }

  init(
    _ run: SimulatedRun, disk: SimulatedDisk, injector: SweepInjector,
    open: @escaping (SimulatedProcess) throws -> Database
  ) {
    simulated = run
    self.disk = disk
    self.injector = injector
    self.open = open
    ended = run.baton.now()
  }

  /// - Throws: an input error when the databases cannot be opened although nothing was hit.
  func run() throws -> SweepRunResult {
    let start = baton.now()
    let blocksBefore = FailingAllocator.outstanding
    disk.yieldPoint = baton
    injector.arm()
    runAndClose()
    disk.yieldPoint = nil
    if let refusal, injector.hits == 0 {
      throw WorkerError(.input, "the database cannot be opened as the scenario says: \(refusal)")
    }
    let isReported = refusal != nil || events.contains(where: Self.isError)
    // A run that was given up leaves transactions open: their locks and pages are no fault.
    guard !wasGivenUp else { return result(isReported: isReported) }
    if disk.openFileCount > 0 {
      add(.errorHandling, "\(disk.openFileCount) files are still open after every close")
    }
    tryFreshDatabase()
    judge(isReported: isReported, from: start)
    let blocks = FailingAllocator.outstanding - blocksBefore
    if blocks != 0 {
      add(.errorHandling, "SQLite holds \(blocks) more blocks of memory than before")
    }
    return result(isReported: isReported)
  }

  private func result(isReported: Bool) -> SweepRunResult {
    SweepRunResult(
      hits: injector.hits, isReported: isReported, keptLock: keptLock,
      acknowledged: events.count { $0.outcome == .ok && $0.operation.kind.isWrite },
      problems: problems, unfinished: unfinished)
  }

  private func add(_ check: CheckName, _ line: String) {
    problems.append(SweepProblem(check: check, lines: [line]))
  }

  /// Whether an attempt ended with an error that no other connection is to blame for.
  private static func isError(_ event: Event) -> Bool {
    !isAnswer(event) && ResultCode(rawValue: event.code).primary != .busy
  }

  /// Whether an attempt ended as its program wants: a constraint that does not hold and a
  /// transaction that was rolled back on purpose are answers.
  private static func isAnswer(_ event: Event) -> Bool {
    event.outcome == .ok || event.code == HarnessCode.rolledBack
      || event.outcome == .failed && ResultCode(rawValue: event.code).primary == .constraint
  }

  // MARK: Running

  /// Everything during which the fault may hit. No reference to a database outlives it.
  @inline(never)
  private func runAndClose() {
    var databases: [Database] = []
    addOperator()
    do {
      let result = try simulated.run { [self] process in
        let database = try open(process)
        opened.add(database)
        return database
      }
      events = result.events.map(\.event)
      databases = result.databases
      if result.report.ending != .finished {
        wasGivenUp = true
        add(
          .progress,
          "the actors did not come to an end: \(result.report.stuck ?? "the run was stopped")")
      }
    } catch {
      refusal = error
    }
    ended = baton.now()
    let wasClosed = opened.removeAll()
    if wasClosed {
      blame(.busy, check: .progress, "no actor finished within a minute after the fault")
    }
    // What has hit by now is over; what has not may still hit the closing.
    if !wasGivenUp, injector.hits > 0 || refusal != nil {
      injector.disarm()
      for (number, database) in databases.enumerated() where !wasClosed {
        retry(database, process: number, incarnation: Self.retrying)
      }
    }
    for (number, database) in databases.enumerated() {
      baton.acting(for: number) { database.close() }
    }
    injector.disarm()
  }

  /// Adds who clears the fault when a minute has passed, and closes the databases after another
  /// one: actors that wait for a lock do so for ever.
  private func addOperator() {
    let (baton, injector, opened) = (baton, injector, opened)
    let patience = Self.patience + leaseEnd
    let start = baton.now()
    baton.add(name: "operator", process: 0, isBackground: true) {
      do {
        try baton.sleep(until: start + patience)
        injector.disarm()
        try baton.sleep(until: start + patience + patience)
        opened.closeAll()
      } catch {
        // Everybody has come to an end.
      }
    }
  }

  /// How long it takes until a lease has ended whose release failed.
  private var leaseEnd: Nanoseconds {
    cell.load.workload == .locks ? cell.locks.ttl + cell.locks.ttl : .zero
  }

  /// Notes a failure after the fault, unless a lock is in the way that could not be given back.
  ///
  /// - Parameter isFresh: whether every connection of the run is closed: then no lock is left.
  private func blame(
    _ code: ResultCode?, isFresh: Bool = false, check: CheckName = .errorHandling, _ line: String
  ) {
    // A lease that cannot be had because of such a lock has a code of its own.
    let isWaiting =
      code.map { [SQLITE_BUSY, SQLITE_PROTOCOL].contains($0.primary.rawValue) } ?? false
      || code?.rawValue == HarnessCode.lockTimedOut
    if injector.mayKeepLock, !isFresh, isWaiting {
      keptLock = true
    } else {
      add(check, line)
    }
  }

  // MARK: Trying again

  /// Has one more write made through a database, now that nothing fails any more; in a load without
  /// writers one more read, since nobody owns rows there.
  private func retry(_ database: Database, process: Int, incarnation: Int) {
    let isFresh = incarnation == Self.fresh
    let through = isFresh ? "a fresh database" : "the same database"
    let identifier = ActorID(process: process, incarnation: incarnation, actor: 0)
    baton.acting(for: process) {
      let recorder = SimulatedRecorder(
        actor: identifier, baton: baton, measuredFrom: baton.now(), position: { 0 })
      do {
        let workload = try simulated.entry.make(
          WorkloadContext(
            cell: cell, process: process, incarnation: incarnation,
            owner: SimulatedRun.owner(process), database: database,
            environment: database.environment))
        let writes = cell.load.writers > 0
        var actor = workload.makeActor(identifier, role: writes ? .writer : .reader)
        for _ in 0..<Self.retryLimit {
          try actor.perform(recorder, intended: nil, deadline: baton.now() + leaseEnd)
          guard let last = recorder.events.last?.event else { continue }
          let isWanted = last.operation.kind.isWrite || !writes
          if !Self.isAnswer(last) || last.outcome == .ok && isWanted { break }
        }
      } catch {
        blame(
          StorageError(error)?.sqliteError?.code, isFresh: isFresh,
          "trying again through \(through) failed: \(error)")
      }
      let attempts = recorder.events.map(\.event)
      events += attempts
      if let failed = attempts.first(where: { !Self.isAnswer($0) }) {
        blame(
          ResultCode(rawValue: failed.code), isFresh: isFresh,
          "\(failed.operation.kind.name), tried again through \(through) when nothing failed any "
            + "more, ended with \(Self.name(failed.code))")
      }
    }
  }

  private static func name(_ code: Int32) -> String {
    HarnessCode.name(of: code) ?? ResultCode(rawValue: code).name
  }

  /// Opens the database anew and writes at once: no lock may be left.
  @inline(never)
  private func tryFreshDatabase() {
    do {
      let database = try baton.acting(for: 0) {
        try open(SimulatedProcess(0, in: baton, seed: cell.seed))
      }
      retry(database, process: 0, incarnation: Self.fresh)
      baton.acting(for: 0) { database.close() }
    } catch {
      add(.errorHandling, "the database cannot be opened any more: \(error)")
    }
  }

  // MARK: Judging

  /// Looks at the database as somebody who comes later, and compares it to what was acknowledged.
  private func judge(isReported: Bool, from start: MonotonicTime) {
    let before = problems.count
    var rows: [ContentRow] = []
    let observation = observe(&rows)
    unfinished = observation.invariants.lazy.compactMap(\.unknownReason).first
    do {
      problems += try SweepJudge(cell).problems(
        events: events, rows: rows, observation: observation, from: start, ended: ended,
        now: baton.now())
    } catch {
      add(.integrity, "the content cannot be judged: \(error)")
    }
    if problems.count > before, injector.hits > 0, !isReported {
      add(.errorHandling, "no operation reported the fault, but it has done damage")
    }
  }

  @inline(never)
  private func observe(_ rows: inout [ContentRow]) -> Observation {
    var observation = Observation()
    do {
      var connection = try Connection(
        ConnectionOptions(
          path: SweepWorld.path, vfs: VFSName.simulated, time: SimulatedClock(baton)))
      observation.integrityRows = try connection.integrityCheck()
      observation.foreignKeyRows = try connection.foreignKeyCheck().map { "\($0)" }
      try simulated.entry.readContent(&connection) { rows.append($0) }
      observation.contentRows = rows.count
      observation.invariants = simulated.entry.readInvariants(&connection, cell)
      try connection.close()
    } catch {
      observation.failure = "\(error)"
    }
    return observation
  }
}

/// The engines that a run has opened.
private final class OpenedDatabases: @unchecked Sendable {
  // Unchecked because only the holder of the baton uses it, or who sets the world up.

  private var databases: [Database] = []
  private var wasClosed = false

  func add(_ database: Database) { databases.append(database) }

  func closeAll() {
    wasClosed = true
    for database in databases { database.close() }
  }

  /// Lets go of all; returns whether they had been closed.
  func removeAll() -> Bool {
    databases = []
    return wasClosed
  }
}
