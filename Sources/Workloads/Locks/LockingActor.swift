import AssayModel
import AssayStorage
import SQLiteDriver

/// A writer of workload `locks`.
struct LockingActor: WorkloadActor {
  private static let insert = SQL(
    "INSERT INTO protected_writes(lock, token, nonce) VALUES (?1, ?2, ?3)")
  private static let count = SQL(
    "UPDATE protected_counters SET counter = counter + 1 WHERE lock = ?1")

  private let context: WorkloadContext
  private let locks: LeaseLocks
  private let actor: ActorID
  private let chooser: KeyChooser
  private let time: any TimeSource
  private var generator: SeededGenerator
  private var sequence: UInt32 = 0

  init(
    context: WorkloadContext, locks: LeaseLocks, actor: ActorID, generator: SeededGenerator
  ) {
    self.context = context
    self.locks = locks
    self.actor = actor
    self.generator = generator
    time = context.environment.time
    chooser = KeyChooser(
      count: context.cell.load.keyCount, distribution: context.cell.load.distribution)
  }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let drawn = draw()
    let acquisition = LockAcquisition(locks: locks, lock: drawn.lock, time: time)
    guard
      let lease = try acquisition.acquire(recorder, intended: intended, deadline: deadline)
    else { return }
    let held = try hold(lease, acquisition, recorder, deadline: deadline)
    // The steps after the hold must finish even if the run has ended: an abandoned lock would be a
    // fault that the scenario did not inject.
    let grace = deadline + Nanoseconds.seconds(5)
    try write(held, lock: drawn.lock, nonce: drawn.nonce, recorder, deadline: grace)
    try acquisition.release(held, recorder, deadline: grace)
  }

  mutating func skip() { _ = draw() }

  /// Draws the lock to acquire and the nonce of the write under it, even if the lock is not
  /// available, so that later draws do not depend on it.
  private mutating func draw() -> (lock: Int, nonce: UInt64) {
    let nonce = Nonce.write(actor, sequence: sequence)
    sequence += 1
    return (chooser.next(&generator), nonce)
  }

  /// Waits for the time of the protected work, renewing at a third of the TTL if configured.
  private func hold(
    _ lease: Lease, _ acquisition: LockAcquisition, _ recorder: any OperationRecorder,
    deadline: MonotonicTime
  ) throws(ActorStopped) -> Lease {
    var lease = lease
    let settings = context.cell.locks
    // A hold outlasts the run only slightly: the harness would not wait for its end.
    let end = min(time.monotonicNow() + context.cell.load.hold, deadline + .seconds(2))
    let interval = Nanoseconds(settings.ttl.rawValue / 3)
    while true {
      let now = time.monotonicNow()
      guard now < end else { return lease }
      guard settings.renew, now + interval < end else {
        try time.sleep(until: end)
        return lease
      }
      try time.sleep(until: now + interval)
      guard let renewed = try acquisition.renew(lease, recorder, deadline: deadline) else {
        return lease
      }
      lease = renewed
    }
  }

  /// The protected write; under fencing the token is checked in the same transaction.
  private func write(
    _ lease: Lease, lock: Int, nonce: UInt64, _ recorder: any OperationRecorder,
    deadline: MonotonicTime
  ) throws(ActorStopped) {
    let operation = WorkloadOperation(
      .protectedWrite, subject: UInt64(lock), value: UInt64(bitPattern: lease.token),
      extra: nonce)
    let isFenced = context.cell.locks.fencing
    try Workloads.perform(
      operation, recorder, intended: nil, deadline: deadline, time: time
    ) {
      try context.database.write { connection in
        if isFenced { try locks.checkFencing(lease, in: &connection) }
        try connection.run(
          Self.insert, Int64(lock), lease.token, Int64(bitPattern: nonce))
        try connection.run(Self.count, Int64(lock))
      }
      return operation
    }
  }
}

/// A reader of workload `locks`: reads protected counters without taking the lock.
struct CounterReader: WorkloadActor {
  private static let select = SQL("SELECT counter FROM protected_counters WHERE lock = ?1")

  private let database: Database
  private let time: any TimeSource
  private let chooser: KeyChooser
  private var generator: SeededGenerator

  init(context: WorkloadContext, generator: SeededGenerator) {
    database = context.database
    time = context.environment.time
    chooser = KeyChooser(
      count: context.cell.load.keyCount, distribution: context.cell.load.distribution)
    self.generator = generator
  }

  mutating func perform(
    _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
  ) throws(ActorStopped) {
    let lock = draw()
    var operation = WorkloadOperation(.protectedRead, subject: UInt64(lock))
    try Workloads.perform(
      operation, recorder, intended: intended, deadline: deadline, time: time
    ) {
      let counter = try database.read { connection in
        try connection.first(Self.select, Int64(lock)) { $0.int64(0) }
      }
      operation.value = UInt64(bitPattern: counter ?? 0)
      return operation
    }
  }

  mutating func skip() { _ = draw() }

  private mutating func draw() -> Int { chooser.next(&generator) }
}
