import AssayModel
import AssayStorage
import Checkers
import SQLiteDriver
import Testing

@testable import Workloads

/// Locks that are broken on purpose: the same run must be valid without the break.
@Suite("Planted: locks")
struct PlantedLockTests {
  private static let ttl = Nanoseconds.seconds(1)

  private static func trial(
    seed: UInt64, fencing: Bool, hold: Nanoseconds = .milliseconds(100), renew: Bool = false
  ) throws -> Trial {
    try Trial(.locks, seed: seed) { cell in
      cell.load.processes = 2
      cell.load.hold = hold
      cell.locks.ttl = ttl
      cell.locks.fencing = fencing
      cell.locks.renew = renew
    }
  }

  // MARK: A lock without owner check

  /// A is inside its lock when somebody unlocks it; B asks for it at that moment.
  ///
  /// - Parameter sabotage: what the release without owner check does; `nil` for no release.
  private static func intrusion(fencing: Bool, sabotage: String?) throws -> Judged {
    let trial = try trial(seed: 41, fencing: fencing)
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    trial.clock.after(.milliseconds(40)) {
      expectNoError {
        if let sabotage { try trial.execute(sabotage) }
        try b.perform(within: .milliseconds(20))
      }
    }
    try a.perform()
    try b.perform()
    return try trial.judge()
  }

  private static let releaseByName = "DELETE FROM certmagic_locks WHERE name = 'lock-0'"

  @Test("A lock that is released by its name alone is held twice, and the check says by whom")
  func releaseWithoutOwnerCheck() throws {
    let judged = try Self.intrusion(fencing: false, sabotage: Self.releaseByName)
    judged.expect(.mutualExclusion, .violated)
    let witness = judged.witness(.mutualExclusion)
    #expect(witness.contains("lock 0 was held twice for 100.003 ms"), "\(witness)")
    #expect(witness.contains("p0.0/a0 with token 1"))
    #expect(witness.contains("p1.0/a0 with token 2"))
    // Nothing refused A's write, which came after B's.
    #expect(witness.contains("with token 1 was accepted after that of nonce"))
    judged.expect(.durability, .valid)
  }

  @Test("Fencing refuses the write of whoever was robbed, so only the double hold remains")
  func fencingRefusesTheLateWrite() throws {
    let judged = try Self.intrusion(fencing: true, sabotage: Self.releaseByName)
    judged.expect(.mutualExclusion, .violated)
    #expect(
      judged.result(.mutualExclusion).witness.count == 1, "\(judged.witness(.mutualExclusion))")
    #expect(judged.witness(.mutualExclusion).contains("held twice"))
    let refused = judged.events.filter {
      $0.operation.kind == .protectedWrite && $0.outcome == .failed
    }
    #expect(refused.map(\.code) == [HarnessCode.fenced], judged.replay)
    judged.expect(.durability, .valid)
  }

  @Test("The same run with a lock that looks at its owner is valid", arguments: [false, true])
  func ownerCheckKeepsIntrudersOut(fencing: Bool) throws {
    // Once without any foreign release, once with one by another owner, as the real lock does it.
    for sabotage in [nil, Self.releaseByName + " AND owner_id = 'owner-1'"] {
      let judged = try Self.intrusion(fencing: fencing, sabotage: sabotage)
      for check in [CheckName.mutualExclusion, .durability, .busy, .integrity] {
        judged.expect(check, .valid)
      }
      let refused = judged.events.filter { $0.outcome == .failed }
      #expect(refused.map(\.code) == [HarnessCode.lockTimedOut], judged.replay)
    }
  }

  // MARK: Ownership per process

  /// A's lease expires, B of the same process takes over, A wakes up and unlocks, and C of another
  /// process asks for the lock while B is inside.
  private static func lateUnlock(isOwnerPerProcess: Bool) throws -> Judged {
    let trial = try trial(seed: 42, fencing: true)
    let late = try trial.adopt(
      LateReleaser(trial, isOwnerPerProcess: isOwnerPerProcess),
      as: ActorID(process: 0, incarnation: 0, actor: 0))
    let (b, c) = (try trial.actor(1, process: 0), try trial.actor(process: 1))
    try late.perform()
    trial.clock.after(ttl + .milliseconds(50)) {
      expectNoError {
        try late.perform()
        try c.perform(within: .milliseconds(20))
      }
    }
    try b.perform()
    try c.perform()
    return try trial.judge()
  }

  @Test("Where the process owns the lock, a late unlock lets a third actor in beside the second")
  func ownershipPerProcess() throws {
    let judged = try Self.lateUnlock(isOwnerPerProcess: true)
    judged.expect(.mutualExclusion, .violated)
    let witness = judged.witness(.mutualExclusion)
    #expect(witness.contains("lock 0 was held twice"))
    #expect(witness.contains("p0.0/a1 with token 2"), "\(witness)")
    #expect(witness.contains("p1.0/a0 with token 3"), "\(witness)")
  }

  @Test("Where the acquisition owns the lock, a late unlock is refused and nobody comes in")
  func ownershipPerAcquisition() throws {
    let judged = try Self.lateUnlock(isOwnerPerProcess: false)
    judged.expect(.mutualExclusion, .valid)
    judged.expect(.recoveryTime, .valid)
    #expect(judged.findings.takeovers.map(\.token) == [2])
    let failures = judged.events.filter { $0.outcome == .failed }
    #expect(failures.map(\.operation.kind) == [.release, .acquire], judged.replay)
  }

  // MARK: A paused holder

  /// A sleeps for twice its lease while it holds the lock; B waits, takes over and writes.
  private static func paused(fencing: Bool) throws -> Judged {
    let trial = try trial(seed: 43, fencing: fencing, hold: ttl + ttl)
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    trial.clock.after(.milliseconds(10)) { expectNoError { try b.perform() } }
    try a.perform()
    return try trial.judge()
  }

  @Test("Without fencing, a holder that slept through its lease writes behind its successor")
  func pausedHolderWrites() throws {
    let judged = try Self.paused(fencing: false)
    judged.expect(.mutualExclusion, .violated)
    let witness = judged.witness(.mutualExclusion)
    #expect(!witness.contains("held twice"), "\(witness)")
    #expect(witness.contains("with token 1 was accepted after that of nonce"))
    #expect(witness.contains("was accepted though p1.0/a0 had token 2"), "\(witness)")
  }

  @Test("With fencing the same pause is harmless, and the takeover came when the lease had ended")
  func pausedHolderIsFenced() throws {
    let judged = try Self.paused(fencing: true)
    judged.expect(.mutualExclusion, .valid)
    judged.expect(.durability, .valid)
    judged.expect(.recoveryTime, .valid)
    let takeover = try #require(judged.findings.takeovers.first)
    let time = takeover.acquired - takeover.lastRenewal
    #expect(
      time >= Self.ttl && time < Self.ttl + .milliseconds(31), "\(time); poll 25 ms + a fifth")
    #expect(!judged.events.contains { $0.operation.kind == .renew }, "nobody asked for renewals")
    let refused = judged.events.first { $0.code == HarnessCode.fenced }
    #expect(refused?.operation.value == 1, judged.replay)
  }

  @Test("A holder that renews keeps its lock for three times its lease")
  func renewalKeepsOthersOut() throws {
    let trial = try Self.trial(seed: 44, fencing: true, hold: .seconds(3), renew: true)
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    for moment in 1...28 {
      trial.clock.after(.milliseconds(Int64(moment) * 100)) {
        expectNoError { try b.perform(within: .milliseconds(60)) }
      }
    }
    try a.perform()
    try b.perform()
    let judged = try trial.judge()
    judged.expect(.mutualExclusion, .valid)
    judged.expect(.recoveryTime, .unknown)
    let renewals = a.events.filter { $0.operation.kind == .renew }
    // A third of the TTL, each time late by what B was busy with.
    #expect(renewals.count == 7 && renewals.allSatisfy { $0.outcome == .ok }, trial.replay)
    #expect(renewals.allSatisfy { $0.operation.value == 1 }, "a renewal keeps its token")
    #expect(b.events.count { $0.code == HarnessCode.lockTimedOut } == 28)
    // Storage read the clock inside the call, and the lease lasts a TTL from there.
    for event in a.events where event.operation.kind == .renew || event.operation.kind == .acquire {
      let granted = MonotonicTime(nanoseconds: event.operation.detail)
      let completed = try #require(event.completed)
      #expect(granted >= event.invoked && granted <= completed, "\(event)")
      #expect(granted + Self.ttl == MonotonicTime(nanoseconds: event.operation.extra), "\(event)")
    }
  }

  // MARK: Tokens, counters, rows

  private static func twoOwners(between sabotage: String?) throws -> Judged {
    let trial = try trial(seed: 45, fencing: true)
    let (a, b) = (try trial.actor(process: 0), try trial.actor(process: 1))
    try a.perform(2)
    try b.perform(2)
    if let sabotage { try trial.execute(sabotage) }
    try a.perform()
    try b.perform()
    return try trial.judge()
  }

  @Test("Tokens that start again are a violation, though no two owners ever meet")
  func tokensThatRestart() throws {
    let judged = try Self.twoOwners(between: "DELETE FROM assay_lock_tokens")
    judged.expect(.mutualExclusion, .violated)
    let witness = judged.witness(.mutualExclusion)
    #expect(witness.contains("token 1 was given twice"), "\(witness)")
    #expect(witness.contains("a token fell: p1.0/a0 got 4"), "\(witness)")
    #expect(!witness.contains("held twice"))
    try Self.twoOwners(between: nil).expect(.mutualExclusion, .valid)
  }

  @Test("A lost increment and a lost row of a protected write are each noticed")
  func protectedWorkThatIsLost() throws {
    let counter = try Self.twoOwners(
      between: "UPDATE protected_counters SET counter = counter - 1")
    counter.expect(.mutualExclusion, .violated)
    #expect(
      counter.witness(.mutualExclusion)
        == "lock 0: its counter ends at 5 after 6 accepted writes: an increment was overwritten")
    counter.expect(.durability, .valid)

    let row = try Self.twoOwners(between: "DELETE FROM protected_writes WHERE position = 3")
    row.expect(.durability, .violated)
    let lost = row.events.filter { $0.operation.kind == .protectedWrite && $0.actor.process == 1 }
    #expect(
      row.witness(.durability).hasPrefix(
        "the write of nonce \(lost[0].operation.extra) by p1.0/a0, acknowledged, invoked "))
  }

  // MARK: On threads

  /// Four actors of two processes on threads, all after one lock.
  private static func crowd(sabotage: String?) throws -> Judged {
    let trial = try Trial(.locks, seed: 46, isVirtual: false) { cell in
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.extent = .operations(20)
      cell.load.hold = .milliseconds(3)
      cell.locks.poll = .milliseconds(1)
      cell.storage.busyTimeout = .seconds(60)
    }
    if let sabotage { try trial.execute(sabotage) }
    try trial.runThreads()
    return try trial.judge()
  }

  @Test("A lock that everybody gets at once is found by four threads that work under it")
  func lockThatHoldsNobody() throws {
    let judged = try Self.crowd(
      sabotage: """
        CREATE TRIGGER nobody_holds AFTER INSERT ON certmagic_locks
        BEGIN DELETE FROM certmagic_locks WHERE name = NEW.name; END
        """)
    judged.expect(.mutualExclusion, .violated)
    #expect(judged.witness(.mutualExclusion).contains("lock 0 was held twice"))
    let sound = try Self.crowd(sabotage: nil)
    sound.expect(.mutualExclusion, .valid)
    sound.expect(.durability, .valid)
  }
}

/// First takes a lock; much later, at its second operation, gives it back.
private struct LateReleaser: WorkloadActor {
  private let acquisition: LockAcquisition
  private let database: Database
  private let time: any TimeSource
  /// The algorithm of certmagic-sqlite: a row belongs to its process, not to its acquisition.
  private let isOwnerPerProcess: Bool
  private var lease: Lease?

  init(_ trial: Trial, isOwnerPerProcess: Bool) throws {
    database = try trial.process(0).database
    time = trial.environment.time
    self.isOwnerPerProcess = isOwnerPerProcess
    let locks = try LeaseLocks(
      database, owner: .stable(TrialProcess.owner(0)), ttl: trial.cell.locks.ttl)
    acquisition = LockAcquisition(locks: locks, lock: 0, time: time)
  }

  mutating func skip() {}

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    guard let lease else {
      self.lease = try acquisition.acquire(recorder, intended: intended, deadline: deadline)
      return
    }
    guard isOwnerPerProcess else {
      return try acquisition.release(lease, recorder, deadline: deadline)
    }
    let operation = WorkloadOperation(
      .release, subject: 0, value: UInt64(bitPattern: lease.token))
    try Workloads.perform(operation, recorder, intended: nil, deadline: deadline, time: time) {
      try database.write { connection in
        _ = try connection.rows(
          text: "DELETE FROM certmagic_locks WHERE name = ?1 AND owner_id = ?2",
          [.text(lease.name), .text(lease.ownerID)])
      }
      return operation
    }
  }
}

/// Reports an error where none can be thrown.
func expectNoError(_ body: () throws -> Void) {
  do { try body() } catch { Issue.record("\(error)") }
}
