/// When a transaction takes its locks. Source: lang_transaction.html.
public enum TransactionKind: Hashable, Sendable, CaseIterable {
  /// At the first statement that needs them; a read that turns into a write can be BUSY_SNAPSHOT.
  case deferred
  /// The write lock at once.
  case immediate
  /// The write lock at once, and outside WAL no readers either.
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
  /// - Throws: BUSY when the lock could not be had within the busy policy; ERROR inside another
  ///   transaction.
  public mutating func begin(_ kind: TransactionKind = .immediate) throws(SQLiteError) {
    try run(kind.begin)
  }

  /// Commits the open transaction.
  ///
  /// - Throws: BUSY leaves the transaction open, to be committed again or rolled back. After
  ///   another error look at `isAutocommit`: whether the data is durable is then not known.
  public mutating func commit() throws(SQLiteError) {
    try run(SQL.commit)
  }

  /// Rolls the open transaction back; without one it does nothing.
  public mutating func rollback() throws(SQLiteError) {
    guard !isAutocommit else { return }
    try run(SQL.rollback)
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or when
  /// the commit fails, BUSY included.
  ///
  /// Write the closure's error type, Swift does not infer it:
  /// `try connection.transaction { (connection) throws(SQLiteError) in ... }`.
  ///
  /// - Throws: the error of `body`, of BEGIN or of COMMIT, never that of the rollback after it.
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

  /// Runs `body` in a savepoint: released when it returns, undone when it throws.
  ///
  /// Outside a transaction the savepoint is one, of the deferred kind. When SQLite rolled the whole
  /// transaction back meanwhile, the savepoint is gone with it and nothing more is undone.
  ///
  /// A savepoint that cannot be rolled back takes the whole transaction with it, or a caller that
  /// handles the error of `body` would commit what was to be undone. The error of the failed
  /// rollback is then thrown in place of that of `body`.
  ///
  /// - Parameter name: any text; the innermost savepoint of that name counts.
  /// - Throws: the error of `body`, or SQLite's when the savepoint cannot be opened, released or
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

  /// Rolls back what is still open; the error that led here is the one to report.
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

/// A name as SQL writes it, whatever characters it holds.
func quotedIdentifier(_ name: String) -> String {
  let parts = name.split(separator: "\"", omittingEmptySubsequences: false)
  return "\"" + parts.joined(separator: "\"\"") + "\""
}
