import AssayModel
import CSQLite

/// The state of one open connection, with a stable address for C callbacks.
///
/// Safe because `database` is set once, used by one thread at a time (the connection's borrower),
/// and closed only in `close` or `deinit`, after all statements and the interrupt handle.
@safe @usableFromInline
final class ConnectionCore {
  let database: OpaquePointer
  let time: any TimeSource
  let interruptHandle: InterruptHandle
  private(set) var isClosed = false

  /// Prepared statements of the program by the id of their SQL.
  var table: UnsafeMutablePointer<UnsafeMutablePointer<StatementSlot>?>
  var tableCount = 0
  var textCache: TextStatementCache
  /// Work of statements that have since been finalized.
  var finishedWork = ConnectionWork()

  var busyPolicy: BusyPolicy
  /// Called on errors after which opening continues; see `ConnectionOptions.retried`.
  let retried: (@Sendable (SQLiteError) -> Void)?
  /// Nanoseconds of the monotonic clock; the largest number means no deadline.
  var deadline = UInt64.max
  /// True if this module's progress and busy handlers are installed because a deadline was once
  /// set.
  var hasDeadlineHandlers = false
  /// Virtual machine operations that one statement may run; the largest number means no limit.
  private(set) var stepLimit = Int.max
  /// Operations since a statement was checked out, rounded down to calls of the progress handler.
  var stepsSinceTaken = 0
  var busyWaits = 0
  var busyWaitNanoseconds: Int64 = 0
  var waitStarted = MonotonicTime(nanoseconds: 0)
  var cutShort: SQLiteError.CutShort?

  var walHook: (@Sendable (WALCommit) -> WALHookAction)?
  var automaticCheckpointBeforeHook: Int32 = 0

  init(_ database: OpaquePointer, _ options: ConnectionOptions) {
    unsafe self.database = unsafe database
    time = options.time
    interruptHandle = unsafe InterruptHandle(database)
    unsafe table = .allocate(capacity: 0)
    textCache = TextStatementCache(capacity: options.statementCacheCapacity)
    busyPolicy = options.busy
    retried = options.retried
  }

  /// Limits each statement from now on; the handlers must be installed.
  func limitSteps(_ limit: Int) { stepLimit = limit }

  /// Address passed to callbacks; valid while the connection is open.
  var context: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

  static func from(_ context: UnsafeMutableRawPointer) -> ConnectionCore {
    unsafe Unmanaged.fromOpaque(context).takeUnretainedValue()
  }

  /// Returns the last failure of this connection.
  ///
  /// - Parameter wasAutocommit: true if the connection was outside a transaction before the call.
  func failure(
    _ code: Int32, _ operation: SQLiteError.Operation, sql: String? = nil,
    wasAutocommit: Bool = true
  ) -> SQLiteError {
    var error = unsafe SQLiteError(
      code, database, operation, sql: sql, wasAutocommit: wasAutocommit)
    if error.isBusy || error.isInterrupt { error.cutShort = cutShort }
    cutShort = nil
    return error
  }

  var isAutocommit: Bool { unsafe sqlite3_get_autocommit(database) != 0 }

  /// Finalizes every statement and closes the database.
  func close() -> Int32 {
    guard !isClosed else { return SQLITE_OK }
    isClosed = true
    interruptHandle.invalidate()
    finalizeStatements()
    // The plain form first, because it reports what was left open; then the form that always
    // closes.
    let code = unsafe sqlite3_close(database)
    if code != SQLITE_OK { _ = unsafe sqlite3_close_v2(database) }
    return code
  }

  deinit {
    _ = close()
    unsafe table.deallocate()
  }
}
