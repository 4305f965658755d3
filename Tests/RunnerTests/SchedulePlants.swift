import AssayModel
import FaultVFS
import SQLiteDriver
import Synchronization

@testable import AssayStorage
@testable import Workloads

// Workloads with a race in them, and the same ones without it.

/// What the plants do as workload `mixed` does it, so that its checks judge them.
private enum Mixed {
  static let selectBoth = SQL(
    "SELECT (SELECT count FROM mixed_counter), (SELECT sum(count) FROM mixed_counts)")
  static let selectCounter = SQL("SELECT count FROM mixed_counter")
  static let selectSum = SQL("SELECT sum(count) FROM mixed_counts")
  static let updateCounter = SQL("UPDATE mixed_counter SET count = count + 1")
  static let updateCount = SQL(
    "UPDATE mixed_counts SET count = count + 1, nonce = ?2 WHERE owner = ?1")

  /// A read of the counter and the sum of the counts, and of a row that nobody writes.
  static func read(counter: Int64?, sum: Int64?) -> WorkloadOperation {
    WorkloadOperation(
      .readMixed, extra: UInt64(bitPattern: counter ?? -1),
      detail: UInt64(bitPattern: sum ?? -1))
  }
}

/// Announces no call of the disk: actors change between statements only.
final class QuietPoint: YieldPoint {
  private let base: any YieldPoint

  init(_ base: any YieldPoint) { self.base = base }

  func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool { true }
  func sleep(for span: Nanoseconds) -> Bool { base.sleep(for: span) }
  func wallNow() -> WallTime { base.wallNow() }
  var currentProcess: Int { base.currentProcess }
  var currentActor: Int { base.currentActor }
}

// MARK: A pool of connections

/// A pool that hands its one connection to whoever asks.
final class GenerousPool: ConnectionSource {
  private let box: ConnectionBox

  init(_ context: WorkloadContext) throws(StorageError) {
    box = try PooledWorkload.open(context)
  }

  var counts: WaitCounts { WaitCounts() }
  func acquire(_ limit: WaitLimit) throws(StorageError) -> ConnectionBox { box }
  func release(_ box: ConnectionBox, isUsable: Bool) {}
  func close() {}
}

/// Increments and reads through a pool of its own, with pauses between statements.
struct PooledWorkload: Workload {
  private let context: WorkloadContext
  private let pool: any ConnectionSource

  /// The control: the engine's own pool, with one connection.
  init(_ context: WorkloadContext) throws(StorageError) {
    self.init(
      context,
      pool: ResourcePool<ConnectionBox>(
        limit: 1, idleLimit: 1, environment: context.environment,
        make: { () throws(StorageError) in try Self.open(context) }))
  }

  init(_ context: WorkloadContext, pool: any ConnectionSource) {
    self.context = context
    self.pool = pool
  }

  static func open(_ context: WorkloadContext) throws(StorageError) -> ConnectionBox {
    try ConnectionBox(
      context.database.configuration.options(isReader: false, time: context.environment.time),
      DatabaseCounters())
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    Actor(context: context, pool: pool, actor: actor)
  }

  struct Actor: WorkloadActor {
    let context: WorkloadContext
    let pool: any ConnectionSource
    let actor: ActorID
    var number: UInt32 = 0

    mutating func skip() { number += 1 }

    mutating func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      number += 1
      let (time, isRead) = (context.environment.time, number.isMultiple(of: 2))
      let nonce = TransferID(actor: actor, number: number).rawValue
      let operation =
        isRead ? WorkloadOperation(.readMixed) : WorkloadOperation(.increment, value: nonce)
      try Workloads.perform(
        operation, recorder, intended: intended, deadline: deadline, time: time
      ) {
        let box = try pool.acquire(.forever)
        defer { pool.release(box, isUsable: true) }
        if isRead { return try read(&box.connection) }
        try box.connection.transact(.immediate) { connection in
          try connection.run(Mixed.updateCounter)
          try time.sleep(for: .microseconds(1))
          let owner = MixedWorkload.owner(actor, context.cell.load)
          try connection.run(Mixed.updateCount, Int64(owner), Int64(bitPattern: nonce))
        }
        return operation
      }
    }

    private func read(_ connection: inout Connection) throws -> WorkloadOperation {
      try connection.first(Mixed.selectBoth) { row in
        Mixed.read(counter: row.int64(0), sum: row.int64(1))
      } ?? WorkloadOperation(.readMixed)
    }
  }
}

// MARK: A lock

/// Workload `locks`, whose actors first clear away a lease that has ended: by the lock's name
/// alone, though another one may hold it by then, or only if it is still the same one.
struct EvictingWorkload: Workload {
  private let context: WorkloadContext
  private let base: LocksWorkload
  private let looksAtOwner: Bool

  init(_ context: WorkloadContext) throws(StorageError) {
    try self.init(context, looksAtOwner: true)
  }

  init(_ context: WorkloadContext, looksAtOwner: Bool) throws(StorageError) {
    self.context = context
    base = try LocksWorkload(context)
    self.looksAtOwner = looksAtOwner
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    Actor(
      base: base.makeActor(actor, role: role), context: context, looksAtOwner: looksAtOwner)
  }

  struct Actor: WorkloadActor {
    private static let select = SQL(
      "SELECT acquisition FROM certmagic_locks WHERE name = 'lock-0' AND boot_deadline <= ?1")
    private static let deleteAny = SQL("DELETE FROM certmagic_locks WHERE name = 'lock-0'")
    private static let deleteOwned = SQL(
      "DELETE FROM certmagic_locks WHERE name = 'lock-0' AND acquisition = ?1")

    var base: any WorkloadActor
    let context: WorkloadContext
    let looksAtOwner: Bool

    mutating func skip() { base.skip() }

    mutating func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      // What fails here is tried again before the next operation.
      try? evict()
      try base.perform(recorder, intended: intended, deadline: deadline)
    }

    private func evict() throws {
      let now = Int64(clamping: context.environment.time.bootNow().nanoseconds)
      let expired = try context.database.read { connection in
        try connection.first(Self.select, now) { $0.int64(0) }
      }
      guard let expired else { return }
      try context.database.write { connection in
        if looksAtOwner {
          try connection.run(Self.deleteOwned, expired)
        } else {
          try connection.run(Self.deleteAny)
        }
      }
    }
  }
}

// MARK: Snapshots

/// Workload `mixed`, whose readers read counter and counts with or without a transaction around.
struct MixingWorkload: Workload {
  private let context: WorkloadContext
  private let base: MixedWorkload
  private let usesTransaction: Bool

  init(_ context: WorkloadContext) throws(StorageError) {
    try self.init(context, usesTransaction: true)
  }

  init(_ context: WorkloadContext, usesTransaction: Bool) throws(StorageError) {
    self.context = context
    base = try MixedWorkload(context)
    self.usesTransaction = usesTransaction
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    switch role {
    case .writer: base.makeActor(actor, role: role)
    case .reader: Reader(context: context, usesTransaction: usesTransaction)
    }
  }

  struct Reader: WorkloadActor {
    let context: WorkloadContext
    let usesTransaction: Bool

    func skip() {}

    func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      try Workloads.perform(
        WorkloadOperation(.readMixed), recorder, intended: intended, deadline: deadline,
        time: context.environment.time
      ) {
        try context.database.read { connection in
          if usesTransaction { try connection.begin(.deferred) }
          let counter = try connection.first(Mixed.selectCounter) { $0.int64(0) }
          let sum = try connection.first(Mixed.selectSum) { $0.int64(0) }
          if usesTransaction { try connection.commit() }
          var operation = Mixed.read(counter: counter, sum: sum)
          // A row of nobody: it says nothing.
          operation.subject = .max
          return operation
        }
      }
    }
  }
}

// MARK: An update

/// Adds one to the shared counter: reads it and writes it in one transaction, or in two.
struct TwoStepWorkload: Workload {
  private let context: WorkloadContext
  private let usesTransaction: Bool

  init(_ context: WorkloadContext) {
    self.init(context, usesTransaction: true)
  }

  init(_ context: WorkloadContext, usesTransaction: Bool) {
    self.context = context
    self.usesTransaction = usesTransaction
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    Actor(context: context, actor: actor, usesTransaction: usesTransaction)
  }

  struct Actor: WorkloadActor {
    private static let updateCounter = SQL("UPDATE mixed_counter SET count = ?1")

    let context: WorkloadContext
    let actor: ActorID
    let usesTransaction: Bool
    var number: UInt32 = 0

    mutating func skip() { number += 1 }

    mutating func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      number += 1
      let (database, usesTransaction) = (context.database, usesTransaction)
      let owner = Int64(MixedWorkload.owner(actor, context.cell.load))
      let operation = WorkloadOperation(
        .increment, value: TransferID(actor: actor, number: number).rawValue)
      try Workloads.perform(
        operation, recorder, intended: intended, deadline: deadline,
        time: context.environment.time
      ) {
        var count =
          usesTransaction
          ? nil : try database.read { try $0.first(Mixed.selectCounter) { $0.int64(0) } }
        try database.write { connection in
          if usesTransaction {
            count = try connection.first(Mixed.selectCounter) { $0.int64(0) }
          }
          try connection.run(Self.updateCounter, (count ?? 0) + 1)
          try connection.run(Mixed.updateCount, owner, Int64(bitPattern: operation.value))
        }
        return operation
      }
    }
  }
}

// MARK: Waiting

/// Actors that need two locks, and take them in the order of their own numbers or in the same one.
struct CrossingWorkload: Workload {
  private let locks: [FairQueue]
  private let time: any TimeSource
  private let keepsOrder: Bool

  init(_ context: WorkloadContext) {
    self.init(context, keepsOrder: true)
  }

  init(_ context: WorkloadContext, keepsOrder: Bool) {
    locks = (0..<2).map { _ in FairQueue(environment: context.environment) }
    time = context.environment.time
    self.keepsOrder = keepsOrder
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    let first = keepsOrder ? 0 : Int(actor.actor) % 2
    return Actor(locks: [locks[first], locks[1 - first]], time: time)
  }

  struct Actor: WorkloadActor {
    let locks: [FairQueue]
    let time: any TimeSource

    func skip() {}

    func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      recorder.begin(intended: intended)
      recorder.invoke(WorkloadOperation(.checkpoint))
      for lock in locks {
        do throws(StorageError) {
          try lock.lock(.forever)
        } catch {
          throw ActorStopped()
        }
        try time.sleep(for: .microseconds(1))
      }
      for lock in locks { lock.unlock() }
      recorder.complete(WorkloadOperation(.checkpoint), .ok, code: 0, isFinal: true)
    }
  }
}

/// Two actors of which only one may work at a time: whoever sees that the other one wants to as
/// well waits until it does not; with precedence the first actor does not wait.
struct PoliteWorkload: Workload {
  private let wishes = Wishes()
  private let time: any TimeSource
  private let hasPrecedence: Bool

  init(_ context: WorkloadContext) {
    self.init(context, hasPrecedence: true)
  }

  init(_ context: WorkloadContext, hasPrecedence: Bool) {
    time = context.environment.time
    self.hasPrecedence = hasPrecedence
  }

  func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    Actor(wishes: wishes, own: Int(actor.actor), time: time, hasPrecedence: hasPrecedence)
  }

  final class Wishes: Sendable {
    let all = Mutex([false, false])
  }

  struct Actor: WorkloadActor {
    let wishes: Wishes
    let own: Int
    let time: any TimeSource
    let hasPrecedence: Bool

    func skip() {}

    func perform(
      _ recorder: any OperationRecorder, intended: MonotonicTime?, deadline: MonotonicTime
    ) throws(ActorStopped) {
      recorder.begin(intended: intended)
      recorder.invoke(WorkloadOperation(.checkpoint))
      wishes.all.withLock { $0[own] = true }
      try time.sleep(for: .microseconds(1))
      while wishes.all.withLock({ $0[1 - own] }), own == 1 || !hasPrecedence {
        try time.sleep(for: .microseconds(1))
      }
      wishes.all.withLock { $0[own] = false }
      recorder.complete(WorkloadOperation(.checkpoint), .ok, code: 0, isFinal: true)
    }
  }
}
