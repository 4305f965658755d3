import CSQLite

/// One open SQLite connection.
///
/// It may move between threads but is used by one at a time: its user holds it `inout`. Statements
/// are lent for the duration of a closure, during which the connection can't be used otherwise. The
/// last owner closes it.
///
/// Safe because its state is private, created once and released with it; nothing that it lends can
/// outlive the loan.
@safe public struct Connection: ~Copyable, @unchecked Sendable {
  // Unchecked because the state is one reference to a class that no other connection shares, and a
  // non-copyable value has one user at a time. SQLite is opened without its own mutexes.

  @usableFromInline let core: ConnectionCore

  /// Options with which it was opened.
  public let options: ConnectionOptions

  /// Opens a database, installs the busy policy, sets every pragma and reads it back.
  ///
  /// Setting a journal mode can fail with BUSY without a call of the busy handler; it is retried
  /// within the timeout of the busy policy.
  ///
  /// - Throws: CANTOPEN and related codes; NOTADB or CORRUPT if a pragma had to read the file; BUSY
  ///   after the timeout; `settingNotTaken` if a pragma has another value afterwards.
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

  /// Closes the connection; otherwise the last owner closes it and ignores errors.
  ///
  /// - Throws: BUSY if an SQLite object still uses it; the connection is then closed with that
  ///   object.
  public consuming func close() throws(SQLiteError) {
    let code = core.close()
    guard code == SQLITE_OK else {
      throw SQLiteError(code: ResultCode(code), operation: .close)
    }
  }

  /// Closes the connection while its owner still holds it: any later call except deinitialisation
  /// is a programming error.
  ///
  /// - Returns: SQLite's error, if it refused; the connection is closed nonetheless.
  package func end() -> SQLiteError? {
    let code = core.close()
    return code == SQLITE_OK ? nil : SQLiteError(code: ResultCode(code), operation: .close)
  }

  /// Runs all statements of a text and ignores their rows.
  ///
  /// - Throws: the first failure, with the failed statement; earlier statements have run.
  public mutating func execute(_ sql: String) throws(SQLiteError) {
    try core.execute(sql)
  }

  /// True if no transaction is open. SQLite ends one by itself after some errors.
  ///
  /// Source: `sqlite3_get_autocommit`.
  public var isAutocommit: Bool { core.isAutocommit }

  /// Rows changed by the last INSERT, UPDATE or DELETE, without those of triggers.
  public var changes: Int { unsafe Int(sqlite3_changes(core.database)) }

  /// Rows changed since the connection was opened, with those of triggers.
  public var totalChanges: Int { unsafe Int(sqlite3_total_changes(core.database)) }

  /// Row id of the last INSERT into a table with row ids; 0 before the first one.
  public var lastInsertRowID: Int64 { unsafe sqlite3_last_insert_rowid(core.database) }

  /// Returns the path of the file behind a schema, or `nil` for a database without one.
  public func fileName(schema: String = "main") -> String? {
    guard let name = unsafe sqlite3_db_filename(core.database, schema) else { return nil }
    let text = unsafe String(cString: name)
    return text.isEmpty ? nil : text
  }
}
