/// The time at which a transaction takes its locks. Source: lang_transaction.html.
public enum TransactionKind: Hashable, Sendable, CaseIterable {
  /// At the first statement that needs them; a read that becomes a write can fail with
  /// BUSY_SNAPSHOT.
  case deferred
  /// The write lock immediately.
  case immediate
  /// The write lock immediately, and outside WAL it also excludes readers.
  case exclusive

  var begin: SQL {
    switch self {
    case .deferred: .beginDeferred
    case .immediate: .beginImmediate
    case .exclusive: .beginExclusive
    }
  }
}

extension Connection {
  /// Opens a transaction.
  ///
  /// - Throws: BUSY if the lock is not available within the busy policy; ERROR inside another
  ///   transaction.
  public mutating func begin(_ kind: TransactionKind = .immediate) throws(SQLiteError) {
    try run(kind.begin)
  }

  /// Commits the open transaction.
  ///
  /// - Throws: BUSY leaves the transaction open, to be committed again or rolled back. After
  ///   another error check `isAutocommit`: whether the data is durable is then unknown.
  public mutating func commit() throws(SQLiteError) {
    try run(SQL.commit)
  }

  /// Rolls back the open transaction; does nothing if there is none.
  public mutating func rollback() throws(SQLiteError) {
    guard !isAutocommit else { return }
    try run(SQL.rollback)
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back if it throws or if the
  /// commit fails, BUSY included.
  ///
  /// Write the closure's error type, because Swift does not infer it:
  /// `try connection.transaction { (connection) throws(SQLiteError) in ... }`.
  ///
  /// - Throws: the error of `body`, of BEGIN or of COMMIT, never that of the subsequent rollback.
  @inlinable
  public mutating func transaction<T: ~Copyable, E: SQLiteErrorConvertible>(
    _ kind: TransactionKind = .immediate, _ body: (inout Connection) throws(E) -> T
  ) throws(E) -> T {
    do throws(SQLiteError) { try begin(kind) } catch { throw E(error) }
    let value: T
    do throws(E) {
      value = try body(&self)
    } catch {
      abandon()
      throw error
    }
    do throws(SQLiteError) { try commitOrAbandon() } catch { throw E(error) }
    return value
  }

  /// Runs `body` in a transaction, with untyped errors.
  @inlinable
  public mutating func transaction<T: ~Copyable>(
    _ kind: TransactionKind = .immediate, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try begin(kind)
    let value: T
    do {
      value = try body(&self)
    } catch {
      abandon()
      throw error
    }
    try commitOrAbandon()
    return value
  }

  /// Runs `body` in a savepoint: released when it returns, rolled back if it throws.
  ///
  /// Outside a transaction, the savepoint acts as a deferred transaction. If SQLite has rolled back
  /// the whole transaction meanwhile, the savepoint is gone with it and nothing more is undone.
  ///
  /// If a savepoint cannot be rolled back, the whole transaction is rolled back; otherwise a caller
  /// that handles the error of `body` would commit changes meant to be undone. The error of the
  /// failed rollback is then thrown instead of that of `body`.
  ///
  /// - Parameter name: any text; refers to the innermost savepoint of that name.
  /// - Throws: the error of `body`, or SQLite's if the savepoint cannot be opened, released or
  ///   rolled back.
  @inlinable
  public mutating func savepoint<T: ~Copyable, E: SQLiteErrorConvertible>(
    _ name: String, _ body: (inout Connection) throws(E) -> T
  ) throws(E) -> T {
    do throws(SQLiteError) { try openSavepoint(name) } catch { throw E(error) }
    let value: T
    do throws(E) {
      value = try body(&self)
    } catch {
      do throws(SQLiteError) { try undoSavepoint(name) } catch { throw E(error) }
      throw error
    }
    do throws(SQLiteError) { try releaseSavepoint(name) } catch { throw E(error) }
    return value
  }

  /// Runs `body` in a savepoint, with untyped errors.
  @inlinable
  public mutating func savepoint<T: ~Copyable>(
    _ name: String, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try openSavepoint(name)
    let value: T
    do {
      value = try body(&self)
    } catch {
      try undoSavepoint(name)
      throw error
    }
    try releaseSavepoint(name)
    return value
  }

  /// Rolls back an open transaction; the error that led here is the one to report.
  @usableFromInline
  mutating func abandon() {
    try? rollback()
  }

  @usableFromInline
  mutating func commitOrAbandon() throws(SQLiteError) {
    do throws(SQLiteError) {
      try commit()
    } catch {
      abandon()
      throw error
    }
  }

  @usableFromInline
  mutating func openSavepoint(_ name: String) throws(SQLiteError) {
    try runText("SAVEPOINT \(quotedIdentifier(name))")
  }

  @usableFromInline
  mutating func releaseSavepoint(_ name: String) throws(SQLiteError) {
    do throws(SQLiteError) {
      try runText("RELEASE \(quotedIdentifier(name))")
    } catch {
      try undoSavepoint(name)
      throw error
    }
  }

  @usableFromInline
  mutating func undoSavepoint(_ name: String) throws(SQLiteError) {
    guard !isAutocommit else { return }
    let quoted = quotedIdentifier(name)
    do throws(SQLiteError) {
      try runText("ROLLBACK TO \(quoted)")
      try runText("RELEASE \(quoted)")
    } catch {
      abandon()
      throw error
    }
  }

  private mutating func runText(_ text: String) throws(SQLiteError) {
    try withStatement(text: text) { (statement) throws(SQLiteError) in try statement.run() }
  }
}

/// Returns a name quoted for SQL, whatever characters it holds.
func quotedIdentifier(_ name: String) -> String {
  let parts = name.split(separator: "\"", omittingEmptySubsequences: false)
  return "\"" + parts.joined(separator: "\"\"") + "\""
}
