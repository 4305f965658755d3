import CSQLite

/// One open SQLite connection.
///
/// It may move between threads but is used by one at a time: whoever uses it holds it `inout`.
/// Statements are lent for the length of a closure, during which the connection can't be used
/// otherwise. The last owner closes it.
///
/// Safe because its state is private, made once and released with it; nothing that it lends can
/// outlive the loan.
@safe public struct Connection: ~Copyable, @unchecked Sendable {
  // Unchecked because the state is one reference to a class that no other connection shares, and
  // a non-copyable value has one user at a time. SQLite is opened without its own mutexes.

  @usableFromInline let core: ConnectionCore

  /// What it was opened with.
  public let options: ConnectionOptions

  /// Opens a database, installs the busy policy, sets every pragma and reads it back.
  ///
  /// Setting a journal mode can find the database busy without SQLite asking the busy handler; it
  /// is tried again within the timeout of the busy policy.
  ///
  /// - Throws: CANTOPEN and its relatives; NOTADB or CORRUPT when a pragma had to read the file;
  ///   BUSY after the timeout; `settingNotTaken` when a pragma has another value afterwards.
  /// Source: `sqlite3_open_v2` with NOMUTEX; extended result codes on.
  public init(_ options: ConnectionOptions) throws(SQLiteError) {
    let core = try ConnectionCore.open(options)
    if let script = options.script {
      try core.apply(script)
    } else {
      try core.apply(options.pragmas)
    }
    self.core = core
    self.options = options
  }

  /// Closes the connection; without it the last owner closes it and ignores errors.
  ///
  /// - Throws: BUSY when something of SQLite still uses it, which then closes it at its own end.
  public consuming func close() throws(SQLiteError) {
    let code = core.close()
    guard code == SQLITE_OK else {
      throw SQLiteError(code: ResultCode(code), operation: .close)
    }
  }

  /// Closes the connection while its owner still holds it: every later call but the end of its life
  /// is an error of the program.
  ///
  /// - Returns: what SQLite answered, if it refused; the connection is closed nonetheless.
  package func end() -> SQLiteError? {
    let code = core.close()
    return code == SQLITE_OK ? nil : SQLiteError(code: ResultCode(code), operation: .close)
  }

  /// Runs all statements of a text and ignores their rows.
  ///
  /// - Throws: the first failure, with the statement that failed; the earlier ones have run.
  public mutating func execute(_ sql: String) throws(SQLiteError) {
    try core.execute(sql)
  }

  /// Whether no transaction is open. SQLite ends one by itself after some errors.
  ///
  /// Source: `sqlite3_get_autocommit`.
  public var isAutocommit: Bool { core.isAutocommit }

  /// Rows that the last INSERT, UPDATE or DELETE changed, without those of triggers.
  public var changes: Int { unsafe Int(sqlite3_changes(core.database)) }

  /// Rows changed since the connection was opened, with those of triggers.
  public var totalChanges: Int { unsafe Int(sqlite3_total_changes(core.database)) }

  /// The row id of the last INSERT into a table with row ids; 0 before the first one.
  public var lastInsertRowID: Int64 { unsafe sqlite3_last_insert_rowid(core.database) }

  /// The path of the file behind a schema, or `nil` for a database without one.
  public func fileName(schema: String = "main") -> String? {
    guard let name = unsafe sqlite3_db_filename(core.database, schema) else { return nil }
    let text = unsafe String(cString: name)
    return text.isEmpty ? nil : text
  }
}
