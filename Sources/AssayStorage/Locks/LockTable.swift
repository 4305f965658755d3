import AssayModel
import SQLiteDriver

/// The statements on `certmagic_locks` and its tokens; all run inside a caller's transaction.
enum LockTable {
  /// Outcome of one attempt to take a lock.
  enum Attempt {
    case acquired(LockRow, token: Int64)
    case held(remaining: Nanoseconds, byThisProcess: Bool)
    /// The lock is free, but it is the turn of another process that wants it.
    case wanted
  }

  static let columns =
    "owner_id, expires_at, boot_id, boot_deadline, process_id, process_start, process_namespace,"
    + " acquisition"

  /// Takes the lock if it is free, expired, an orphan of the same owner, or already held by this
  /// acquisition.
  ///
  /// - Parameters:
  ///   - row: row to write; created after the database was locked.
  ///   - yields: true to leave a free lock to a process that has recorded a wish for it.
  ///   - wish: duration of the wish to record if another process holds the lock; `nil` for none.
  static func take(
    _ name: String, as row: LockRow, at times: LockTimes, host: any HostIdentity,
    yields: Bool, wish: Nanoseconds?, in connection: inout Connection
  ) throws(SQLiteError) -> Attempt {
    if let held = try self.row(name, in: &connection) {
      let remaining = held.remaining(at: times)
      let isFree =
        remaining <= .zero
        // An earlier attempt with an unknown COMMIT outcome did commit.
        || held.acquisition == row.acquisition
        || held.isOrphan(of: row.ownerID, host: host)
      guard isFree else {
        let isOwn = held.process == row.process
        if !isOwn, let wish {
          try self.wish(name, row.process, until: times.boot + wish, in: &connection)
        }
        return .held(remaining: remaining, byThisProcess: isOwn)
      }
      if yields, try isWished(name, row.process, at: times, in: &connection) { return .wanted }
      try write(takeOver, name, row, in: &connection)
    } else {
      if yields, try isWished(name, row.process, at: times, in: &connection) { return .wanted }
      try write(insert, name, row, in: &connection)
    }
    return .acquired(row, token: try token(name, in: &connection))
  }

  /// Writes the row regardless of the present holder.
  static func force(
    _ name: String, as row: LockRow, in connection: inout Connection
  ) throws(SQLiteError) -> Int64 {
    let isThere = try self.row(name, in: &connection) != nil
    try write(isThere ? takeOver : insert, name, row, in: &connection)
    return try token(name, in: &connection)
  }

  static func row(
    _ name: String, in connection: inout Connection
  ) throws(SQLiteError) -> LockRow? {
    try connection.first(select, name) { LockRow($0) }
  }

  /// Returns the token of the last acquisition; 0 if there never was one.
  static func token(_ name: String, in connection: inout Connection) throws(SQLiteError) -> Int64 {
    try connection.first(selectToken, name) { $0.int64(0) } ?? 0
  }

  /// Extends the deadline of an unexpired lease; returns true if there was one.
  static func renew(
    _ name: String, as row: LockRow, at times: LockTimes, in connection: inout Connection
  ) throws(SQLiteError) -> Bool {
    try connection.run(
      renewal, name, row.acquisition, row.expiresAt, row.bootDeadline, times.bootID,
      Int64(clamping: times.boot.nanoseconds))
    return connection.changes > 0
  }

  /// Deletes the row of an acquisition; returns true if there was one.
  static func release(
    _ name: String, acquisition: Int64, in connection: inout Connection
  ) throws(SQLiteError) -> Bool {
    try connection.run(delete, name, acquisition)
    return connection.changes > 0
  }

  /// Returns true if the lock was neither released nor taken since this acquisition.
  static func isCurrent(_ lease: Lease, in connection: inout Connection) throws(SQLiteError) -> Bool
  {
    try connection.first(fence, lease.name, lease.token, lease.acquisition) { _ in true } ?? false
  }

  /// Raises all tokens, including those of future locks, to at least `floor`.
  static func liftTokens(
    to floor: Int64, in connection: inout Connection
  ) throws(SQLiteError) {
    try connection.run(liftAll, floor)
    try connection.run(liftFuture, floor)
  }

  /// Records that a process wants the lock, for the process that has had its turn.
  private static func wish(
    _ name: String, _ process: ProcessIdentity, until: BootTime, in connection: inout Connection
  ) throws(SQLiteError) {
    try connection.run(
      makeWish, name, identity(process), Int64(clamping: until.nanoseconds))
  }

  /// Returns true if another process wants the lock. A wish of another boot counts until it
  /// expires.
  private static func isWished(
    _ name: String, _ process: ProcessIdentity, at times: LockTimes,
    in connection: inout Connection
  ) throws(SQLiteError) -> Bool {
    let now = Int64(clamping: times.boot.nanoseconds)
    return try connection.first(findWish, name, identity(process), now) { _ in true } ?? false
  }

  private static func identity(_ process: ProcessIdentity) -> String {
    "\(process.namespace)/\(process.processID)/\(process.startTicks)"
  }

  private static func write(
    _ sql: SQL, _ name: String, _ row: LockRow, in connection: inout Connection
  ) throws(SQLiteError) {
    try connection.run(
      sql, name, row.expiresAt, row.ownerID, row.bootID, row.bootDeadline,
      Int64(row.process.processID), Int64(bitPattern: row.process.startTicks),
      Int64(bitPattern: row.process.namespace), row.acquisition)
  }

  private static let select = SQL("SELECT \(columns) FROM certmagic_locks WHERE name = ?1")
  private static let selectToken = SQL("SELECT token FROM assay_lock_tokens WHERE name = ?1")
  private static let insert = SQL(
    """
    INSERT INTO certmagic_locks(name, expires_at, owner_id, boot_id, boot_deadline, process_id,
      process_start, process_namespace, acquisition, generation)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)
    """)
  private static let takeOver = SQL(
    """
    UPDATE certmagic_locks SET expires_at = ?2, owner_id = ?3, boot_id = ?4, boot_deadline = ?5,
      process_id = ?6, process_start = ?7, process_namespace = ?8, acquisition = ?9,
      generation = generation + 1
    WHERE name = ?1
    """)
  private static let renewal = SQL(
    """
    UPDATE certmagic_locks SET expires_at = ?3, boot_deadline = ?4, generation = generation + 1
    WHERE name = ?1 AND acquisition = ?2 AND boot_id = ?5 AND boot_deadline > ?6
    """)
  private static let delete = SQL(
    "DELETE FROM certmagic_locks WHERE name = ?1 AND acquisition = ?2")
  private static let fence = SQL(
    """
    SELECT 1 FROM certmagic_locks JOIN assay_lock_tokens USING (name)
    WHERE name = ?1 AND token = ?2 AND acquisition = ?3
    """)
  /// One wish per lock is enough: whatever its origin, the process that had its turn yields.
  private static let makeWish = SQL(
    """
    INSERT INTO assay_lock_wishes(name, process, until) VALUES(?1, ?2, ?3)
    ON CONFLICT(name) DO UPDATE SET process = excluded.process, until = excluded.until
    """)
  private static let findWish = SQL(
    "SELECT 1 FROM assay_lock_wishes WHERE name = ?1 AND process <> ?2 AND until > ?3")
  private static let liftAll = SQL("UPDATE assay_lock_tokens SET token = ?1 WHERE token < ?1")
  /// The reserved empty name stores the floor for future locks.
  private static let liftFuture = SQL(
    """
    INSERT INTO assay_lock_tokens(name, token) VALUES('', ?1)
    ON CONFLICT(name) DO UPDATE SET token = max(token, excluded.token)
    """)
}
