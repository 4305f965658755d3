import CSQLite

/// A row whose foreign key refers to no row.
public struct ForeignKeyViolation: Hashable, Sendable {
  /// Table of the row.
  public var table: String
  /// Row id of the row; `nil` in a table without row ids.
  public var rowID: Int64?
  /// Table referred to.
  public var parent: String
  /// Number of the table's foreign key, as in `PRAGMA foreign_key_list`.
  public var constraint: Int64

  /// Creates a violation.
  public init(table: String, rowID: Int64?, parent: String, constraint: Int64) {
    self.table = table
    self.rowID = rowID
    self.parent = parent
    self.constraint = constraint
  }
}

extension Connection {
  /// Reads a pragma: the first column of its first row, or `nil` if it returns none.
  ///
  /// - Throws: MISUSE if `name` is not made of letters, digits and underscores.
  public mutating func pragma(_ name: String) throws(SQLiteError) -> String? {
    try core.pragma(name)
  }

  /// Sets a pragma and reads it back.
  ///
  /// - Throws: `settingNotTaken` if it has another value afterwards; MISUSE for `busy_timeout`,
  ///   which belongs to the busy policy.
  public mutating func setPragma(_ name: String, _ value: String) throws(SQLiteError) {
    let pragma = Pragma(name, value)
    try core.set(pragma)
    guard PragmaRules.canBeReadBack(name) else { return }
    try core.verify(pragma)
  }

  /// Returns true if the main database has a table of this name, according to the schema read by
  /// this connection; reads the schema if necessary. Prepares no statement.
  ///
  /// Source: `sqlite3_table_column_metadata`, which returns ERROR for a missing table.
  package func hasTable(_ name: String) throws(SQLiteError) -> Bool {
    try core.hasTable(name)
  }

  /// Checks the whole database.
  ///
  /// - Parameter limit: maximum number of faults listed, at least 1.
  /// - Returns: SQLite's rows: the single row `ok`, or one per fault.
  /// - Throws: CORRUPT or NOTADB if the damage makes checking impossible.
  public mutating func integrityCheck(limit: Int = 100) throws(SQLiteError) -> [String] {
    try strings("PRAGMA integrity_check(\(max(1, limit)))")
  }

  /// Frees every page that is not in use, so that the next statement reads its file again.
  ///
  /// Source: `sqlite3_db_release_memory`.
  public mutating func releaseMemory() {
    core.releaseMemory()
  }

  /// Returns true if `integrity_check` finds no fault in the main database; faster than listing the
  /// faults, and than checking temporary tables as well.
  ///
  /// - Throws: as `integrityCheck`.
  public mutating func isSound() throws(SQLiteError) -> Bool {
    try withStatement(Self.soundness) { (statement) throws(SQLiteError) in
      try statement.step() && statement.withBytes(0) { $0.count == 2 }
    }
  }

  /// The only row of a sound database is `ok`; every fault is longer.
  private static let soundness = SQL("PRAGMA main.integrity_check(1)")

  /// Checks the database without comparing indexes to tables; otherwise as `integrityCheck`.
  public mutating func quickCheck(limit: Int = 100) throws(SQLiteError) -> [String] {
    try strings("PRAGMA quick_check(\(max(1, limit)))")
  }

  /// Lists the rows whose foreign keys refer to no row, whether or not foreign keys are enforced.
  public mutating func foreignKeyCheck() throws(SQLiteError) -> [ForeignKeyViolation] {
    try withStatement(text: "PRAGMA foreign_key_check") { (statement) throws(SQLiteError) in
      var violations: [ForeignKeyViolation] = []
      while try statement.step() {
        violations.append(
          ForeignKeyViolation(
            table: statement.text(0), rowID: statement.optionalInt64(1),
            parent: statement.text(2), constraint: statement.int64(3)))
      }
      return violations
    }
  }

  private mutating func strings(_ sql: String) throws(SQLiteError) -> [String] {
    try withStatement(text: sql) { (statement) throws(SQLiteError) in
      var rows: [String] = []
      while try statement.step() { rows.append(statement.text(0)) }
      return rows
    }
  }

  /// Reads a counter of this connection.
  ///
  /// - Parameter reset: resets its high-water mark, or a counter that only grows.
  /// Source: `sqlite3_db_status`.
  public mutating func status(
    _ counter: ConnectionCounter, reset: Bool = false
  ) throws(SQLiteError) -> StatusValue {
    var current: Int32 = 0
    var highWater: Int32 = 0
    let code = unsafe sqlite3_db_status(
      core.database, counter.code, &current, &highWater, reset ? 1 : 0)
    guard code == SQLITE_OK else { throw SQLiteError(code: ResultCode(code), operation: .status) }
    return StatusValue(current: Int64(current), highWater: Int64(highWater))
  }
}
