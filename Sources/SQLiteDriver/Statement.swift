import CSQLite

/// A prepared statement, lent by a connection for the duration of a closure.
///
/// Parameters are counted from 1 and columns from 0, as in SQLite. Bound text and bytes are
/// copied, so they need not outlive the call. A parameter that is not bound is NULL.
///
/// Safe because only a connection creates one, lends it by borrowing, which cannot escape, and is
/// itself held exclusively while it lends; and because every use but a further `withBytes` traps
/// while a column's bytes are lent.
@safe public struct Statement: ~Copyable {
  let slot: UnsafeMutablePointer<StatementSlot>

  init(_ slot: UnsafeMutablePointer<StatementSlot>) {
    unsafe self.slot = unsafe slot
  }

  /// The statement handle for every use that could move or free a value in the row.
  ///
  /// - Precondition: no column's bytes are lent by `withBytes`.
  var handle: OpaquePointer {
    precondition(unsafe slot.pointee.loans == 0, "the bytes of a column are lent")
    return unsafe slot.pointee.handle
  }

  /// Runs the statement to its next row.
  ///
  /// - Returns: true if there is a row; after the last one `false`, until `reset`.
  /// - Throws: the extended code. After a failure, the statement runs again only after `reset`.
  public func step() throws(SQLiteError) -> Bool {
    guard unsafe !slot.pointee.isFinished else { return false }
    if unsafe slot.pointee.hasStale { unsafe slot.pointee.unbindStale() }
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    unsafe slot.pointee.isFinished = true
    if code == SQLITE_DONE { return false }
    throw failure(code, .step)
  }

  /// Runs the statement to its end and ignores its rows.
  public func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Prepares the statement for another run: not running, and nothing bound.
  ///
  /// Called automatically when the closure that borrows it returns or throws.
  public func reset() {
    precondition(unsafe slot.pointee.loans == 0, "the bytes of a column are lent")
    unsafe slot.pointee.reset()
  }

  /// Number of parameters: the largest index that can be bound.
  public var parameterCount: Int { unsafe Int(sqlite3_bind_parameter_count(handle)) }

  /// Returns the index of a named parameter, its prefix included (`:name`), or `nil`.
  public func parameterIndex(_ name: String) -> Int? {
    let index = unsafe sqlite3_bind_parameter_index(handle, name)
    return index == 0 ? nil : Int(index)
  }

  /// Returns the name of a parameter, from 1, with its prefix (`:name`); `nil` if it has none.
  public func parameterName(_ index: Int) -> String? {
    guard let index = Int32(exactly: index) else { return nil }
    return unsafe sqlite3_bind_parameter_name(handle, index)
      .map { unsafe String(cString: $0) }
  }

  /// The SQL as prepared.
  public var text: String { unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? "" }

  /// True if the statement cannot write to a database file.
  public var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

  /// Returns a counter of this statement.
  ///
  /// - Parameter reset: resets the counter to 0 after reading.
  /// Source: `sqlite3_stmt_status`.
  public func status(_ counter: StatementCounter, reset: Bool = false) -> Int {
    unsafe Int(sqlite3_stmt_status(handle, counter.code, reset ? 1 : 0))
  }

  @inline(never)
  func failure(_ code: Int32, _ operation: SQLiteError.Operation) -> SQLiteError {
    let wasAutocommit = unsafe slot.pointee.wasAutocommit
    return unsafe slot.pointee.core.takeUnretainedValue()
      .failure(code, operation, sql: text, wasAutocommit: wasAutocommit)
  }
}
