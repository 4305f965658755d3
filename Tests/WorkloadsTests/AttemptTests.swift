import AssayModel
import AssayStorage
import SQLiteDriver
import Synchronization
import Testing

@testable import Workloads

/// What is recorded of attempts that do not succeed, and which of them are made again.
@Suite("Attempts")
struct AttemptTests {
  /// A connection that holds the write lock until it is told to let go.
  private final class Blocker: Sendable {
    private let connection: Mutex<Connection>

    init(_ trial: Trial) throws {
      connection = Mutex(try trial.connect())
      try connection.withLock { try $0.begin(.immediate) }
    }

    func letGo() { connection.withLock { try? $0.rollback() } }
  }

  private static func busyTrial(_ workload: LoadSettings.Workload = .kv) throws -> Trial {
    try Trial(workload, seed: 21) { cell in
      cell.storage.busy = .none
      cell.storage.topology = .singleWriter
    }
  }

  @Test(
    "Each attempt against a locked database is a failed event with SQLite's code, until one is ok")
  func busyIsRecordedAndRetried() throws {
    for workload in [LoadSettings.Workload.kv, .ledger] {
      let trial = try Self.busyTrial(workload)
      let actor = try trial.actor()
      let blocker = try Blocker(trial)
      trial.clock.after(.microseconds(2_500)) { blocker.letGo() }
      try actor.perform()
      #expect(actor.events.map(\.outcome) == [.failed, .failed, .failed, .ok], trial.replay)
      #expect(actor.events.map(\.code) == [5, 5, 5, 0])
      #expect(actor.events.map(\.isFinal) == [false, false, false, true])
      #expect(actor.events.map(\.isFirstAttempt) == [true, false, false, false])
      // One operation: the same words, and one moment at which it should have begun.
      #expect(Set(actor.events.map(\.operation)).count == 1)
      #expect(Set(actor.events.map(\.intended)) == [actor.events[0].invoked])
      let judged = try trial.judge()
      judged.expect(.durability, .valid)
      judged.expect(.busy, .violated)
      #expect(judged.result(.busy).evidence.hasPrefix("3 of 4 attempts"))
    }
  }

  @Test("No attempt begins after the deadline, and the last one is final though it failed")
  func deadlineEndsTheAttempts() throws {
    let trial = try Self.busyTrial()
    let actor = try trial.actor()
    let blocker = try Blocker(trial)
    let deadline = trial.clock.monotonicNow() + .milliseconds(10)
    try actor.perform(within: .milliseconds(10))
    #expect(actor.events.count == 10, "one a millisecond")
    #expect(actor.events.allSatisfy { $0.outcome == .failed && $0.code == 5 })
    #expect(actor.events.map(\.isFinal) == [Bool](repeating: false, count: 9) + [true])
    #expect(actor.events.allSatisfy { $0.invoked < deadline })
    blocker.letGo()
    try actor.perform()
    #expect(actor.events.last?.outcome == .ok)
    #expect(actor.events.last?.isFirstAttempt == true)
    try trial.judge().expect(.durability, .valid)
  }

  @Test("Waiting in vain for a connection is a failure of the harness's own kind and is retried")
  func acquireTimeoutIsRetried() throws {
    let trial = try Trial(.kv, seed: 22) { cell in
      cell.storage.maxOpenConnections = 1
      cell.storage.acquireTimeout = .milliseconds(2)
    }
    let actor = try trial.actor()
    // The only connection is lent out: the actor has to do without.
    try trial.process().database.read { _ in try actor.perform(within: .milliseconds(8)) }
    #expect(actor.events.count > 1)
    #expect(actor.events.allSatisfy { $0.outcome == .failed })
    #expect(actor.events.allSatisfy { $0.code == HarnessCode.acquireTimedOut })
    #expect(actor.events.map(\.isFinal).last == true)
    #expect(actor.events.dropLast().allSatisfy { !$0.isFinal })
  }

  @Test("A store that may have hit a full disk is recorded as unknown and not tried again")
  func unknownOutcomeIsNotRetried() throws {
    let trial = try Trial(.kv, seed: 23) { cell in
      cell.load.keyCount = 60
      cell.storage.pragmas = [StorageSettings.Pragma(name: "max_page_count", value: "60")]
    }
    try trial.execute("DELETE FROM certmagic_data; VACUUM")
    var big = trial.cell
    big.load.valueSize = ByteCount(20_000)
    let process = try trial.process()
    let workload = try KeyValueWorkload(
      WorkloadContext(
        cell: big, process: 0, incarnation: 0, owner: "owner-0", database: process.database,
        environment: trial.environment))
    let identifier = ActorID(process: 0, incarnation: 0, actor: 0)
    let actor = trial.adopt(workload.makeActor(identifier, role: .writer), as: identifier)
    try actor.perform(30)
    #expect(actor.events.count == 30, "each operation had one attempt")
    #expect(actor.events.allSatisfy { $0.isFinal && $0.isFirstAttempt })
    let unknown = actor.events.filter { $0.outcome == .unknown }
    #expect(!unknown.isEmpty && unknown.count < 30, trial.replay)
    #expect(unknown.allSatisfy { $0.code == ResultCode.full.rawValue && $0.completed != nil })
    let judged = try trial.judge(initialNonce: { _ in 0 })
    judged.expect(.durability, .valid)
    #expect(judged.result(.durability).evidence.contains("\(unknown.count) of unknown outcome"))
  }

  @Test("Every error of storage is sorted by whether it had an effect and whether to try again")
  func errorsAreSorted() throws {
    func sqlite(_ code: ResultCode) -> SQLiteError {
      SQLiteError(code: code, message: "", operation: .step)
    }
    typealias Expected = (outcome: Event.Outcome, code: Int32, mayRetry: Bool)
    let cases: [(StorageError?, Expected)] = [
      (.sqlite(sqlite(.busy)), (.failed, 5, true)),
      (.sqlite(sqlite(.busySnapshot)), (.failed, 517, true)),
      (.queryTimedOut(sqlite(.busy)), (.failed, 5, true)),
      (.queryTimedOut(sqlite(.interrupt)), (.failed, 9, false)),
      (.sqlite(sqlite(.full)), (.failed, 13, false)),
      (.sqlite(sqlite(.constraintPrimaryKey)), (.failed, 1_555, false)),
      (.commitOutcomeUnknown(sqlite(.ioErrorSync)), (.unknown, 1_034, false)),
      // Not even BUSY is tried again when the commit may have happened.
      (.commitOutcomeUnknown(sqlite(.busy)), (.unknown, 5, false)),
      (.acquireTimedOut(waited: .seconds(1)), (.failed, HarnessCode.acquireTimedOut, true)),
      (.leaseLost("l"), (.failed, HarnessCode.leaseLost, false)),
      (.lockNotHeld("l"), (.failed, HarnessCode.leaseLost, false)),
      (.lockTimedOut("l"), (.failed, HarnessCode.lockTimedOut, false)),
      (.closed, (.failed, HarnessCode.other, false)),
      (.notFound("k"), (.failed, HarnessCode.other, false)),
      (nil, (.unknown, HarnessCode.other, false)),
    ]
    for (error, expected) in cases {
      let end = try attemptEnd(of: error, in: .store)
      #expect(end.outcome == expected.outcome, "\(String(describing: error))")
      #expect(end.code == expected.code, "\(String(describing: error))")
      #expect(end.mayRetry == expected.mayRetry, "\(String(describing: error))")
    }
    #expect(throws: ActorStopped()) { _ = try attemptEnd(of: .stopped, in: .store) }
    let fenced = try attemptEnd(of: .leaseLost("l"), in: .protectedWrite)
    #expect(fenced.code == HarnessCode.fenced && fenced.outcome == .failed && !fenced.mayRetry)
  }

  @Test(
    "Who holds a lock at the run's end still writes and releases it, though others are in the way")
  func lockIsGivenBackAfterTheEnd() throws {
    let trial = try Trial(.locks, seed: 26) { cell in
      cell.storage.busy = .none
      cell.load.hold = .milliseconds(100)
    }
    let actor = try trial.actor()
    let clock = trial.clock
    clock.after(.milliseconds(90)) {
      expectNoError {
        let blocker = try Blocker(trial)
        clock.after(.seconds(1)) { blocker.letGo() }
      }
    }
    try actor.perform(within: .milliseconds(50))
    let final = actor.events.filter(\.isFinal)
    #expect(final.map(\.operation.kind) == [.acquire, .protectedWrite, .release], trial.replay)
    #expect(final.allSatisfy { $0.outcome == .ok })
    #expect(actor.events.contains { $0.code == 5 })
    try trial.judge().expect(.durability, .valid)
  }

  @Test("A stop between operations leaves a complete history and ends the actor")
  func stopWhileThinking() throws {
    let trial = try Trial(.kv, seed: 24) { $0.load.think = .seconds(1) }
    let actor = try trial.actor()
    let clock = trial.clock
    clock.after(.milliseconds(3_500)) { clock.stop() }
    let start = clock.monotonicNow()
    actor.run(
      pacing: Pacing(
        load: trial.cell.load, actors: 1, index: 0, start: start, until: start + .seconds(3_600),
        seed: trial.cell.seed),
      start: start, deadline: start + .seconds(3_600))
    #expect(actor.events.count == 4, trial.replay)
    #expect(actor.events.allSatisfy { $0.outcome == .ok && $0.isFinal })
  }

  @Test("A stop while an attempt waits unwinds the actor and leaves the attempt open")
  func stopInsideAnAttempt() throws {
    // In SQLite's busy handler, and in the line for a lock that another process holds.
    let busy = try Trial(.kv, seed: 25)
    let writer = try busy.actor()
    let blocker = try Blocker(busy)
    busy.clock.after(.milliseconds(50)) { busy.clock.stop() }
    #expect(throws: ActorStopped()) { try writer.perform() }
    blocker.letGo()

    let locks = try Trial(.locks, seed: 25)
    let identifier = ActorID(process: 1, incarnation: 0, actor: 0)
    let waiter = try locks.actor()
    let holder = try locks.adopt(AbandoningActor(locks.process(1)), as: identifier)
    try holder.perform()
    locks.clock.after(.milliseconds(50)) { locks.clock.stop() }
    #expect(throws: ActorStopped()) { try waiter.perform() }

    for actor in [writer, waiter] {
      #expect(actor.events.count == 1)
      #expect(actor.events.last?.completed == nil)
      #expect(actor.events.last?.outcome == .unknown)
      #expect(actor.events.last?.isFinal == false)
    }
  }

  @Test("A stop between two attempts ends the operation without a final event")
  func stopBeforeARetry() throws {
    let trial = try Self.busyTrial()
    let actor = try trial.actor()
    let blocker = try Blocker(trial)
    trial.clock.after(.microseconds(1_500)) { trial.clock.stop() }
    #expect(throws: ActorStopped()) { try actor.perform() }
    blocker.letGo()
    #expect(actor.events.map(\.code) == [5, 5])
    #expect(actor.events.allSatisfy { !$0.isFinal && $0.outcome == .failed })
    try trial.judge().expect(.durability, .unknown)
  }
}

/// Takes a lock and never gives it back, as a process does that dies.
struct AbandoningActor: WorkloadActor {
  private let workload: LocksWorkload

  init(_ process: TrialProcess) throws {
    workload = try #require(process.workload as? LocksWorkload)
  }

  mutating func skip() {}

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    _ = try workload.abandon(lock: 0, recorder, deadline: deadline)
  }
}
