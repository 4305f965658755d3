public import AssayModel
public import AssayStorage
public import SQLiteDriver

/// Workload `locks`: acquire a named lock, do protected work, release it.
///
/// The protected write leaves a row with the fencing token that its writer held. The rows' order is
/// the order of commits, so a write by an owner whose lease had expired is visible.
public struct LocksWorkload: Workload {
  private let context: WorkloadContext
  private let locks: LeaseLocks

  /// Prepares the lock service under the process's owner identifier.
  public init(_ context: WorkloadContext) throws(StorageError) {
    self.context = context
    locks = try LeaseLocks(
      context.database, owner: .stable(context.owner), ttl: context.cell.locks.ttl,
      pollInterval: context.cell.locks.poll)
  }

  /// Creates one actor: a writer takes locks, a reader reads the protected counters.
  public func makeActor(_ actor: ActorID, role: ActorRole) -> any WorkloadActor {
    let generator = SeededGenerator(context.seed(of: actor))
    switch role {
    case .writer:
      return LockingActor(context: context, locks: locks, actor: actor, generator: generator)
    case .reader:
      return CounterReader(context: context, generator: generator)
    }
  }

  /// Acquires a lock and keeps it, for the harness's stale locks; records the acquisition.
  ///
  /// - Returns: true if the lock was acquired before `deadline`.
  public func abandon(
    lock: Int, _ recorder: any OperationRecorder, deadline: MonotonicTime
  ) throws(ActorStopped) -> Bool {
    let acquisition = LockAcquisition(
      locks: locks, lock: lock, time: context.environment.time)
    return try acquisition.acquire(recorder, intended: nil, deadline: deadline) != nil
  }

  /// Returns the name of a lock in the table.
  public static func name(_ lock: Int) -> String { "lock-\(lock)" }

  /// Creates the protected tables. The lock tables belong to storage.
  public static func setUp(
    _ connection: inout Connection, _ cell: PlannedCell
  ) throws(SQLiteError) {
    try connection.execute(
      """
      CREATE TABLE protected_writes(
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        lock INTEGER NOT NULL,
        token INTEGER NOT NULL,
        nonce INTEGER NOT NULL);
      CREATE TABLE protected_counters(lock INTEGER PRIMARY KEY, counter INTEGER NOT NULL);
      """)
    for lock in 0..<cell.load.keyCount {
      try connection.run(insertCounter, Int64(lock))
    }
  }

  private static let insertCounter = SQL(
    "INSERT INTO protected_counters(lock, counter) VALUES (?1, 0)")
  private static let selectWrites = SQL(
    "SELECT position, lock, token, nonce FROM protected_writes ORDER BY position")
  private static let selectCounters = SQL(
    """
    SELECT lock, counter,
      coalesce((SELECT token FROM assay_lock_tokens WHERE name = 'lock-' || lock), 0)
    FROM protected_counters
    """)

  /// Reads the protected writes in the order of their commits, and the counters.
  public static func readContent(
    _ connection: inout Connection, _ emit: (ContentRow) -> Void
  ) throws(SQLiteError) {
    try connection.withStatement(selectWrites) { (statement) throws(SQLiteError) in
      while try statement.step() {
        let lockAndToken =
          UInt64(bitPattern: statement.int64(1)) << 32
          | UInt64(bitPattern: statement.int64(2)) & 0xffff_ffff
        emit(
          ContentRow(
            .protectedWrite, subject: UInt64(bitPattern: statement.int64(0)), value: lockAndToken,
            extra: UInt64(bitPattern: statement.int64(3))))
      }
    }
    try connection.withStatement(selectCounters) { (statement) throws(SQLiteError) in
      while try statement.step() {
        emit(
          ContentRow(
            .counter, subject: UInt64(bitPattern: statement.int64(0)),
            value: UInt64(bitPattern: statement.int64(1)),
            extra: UInt64(bitPattern: statement.int64(2))))
      }
    }
  }
}
