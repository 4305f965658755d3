import CSQLite

/// SQLite's description of a statement, obtained without running it.
public struct StatementDescription: Hashable, Sendable {
  /// The parameters in order, from 1, each with its prefix (`:name`); `nil` for one without a name.
  public var parameters: [String?]
  /// Number of columns of each row; 0 for statements that return no rows.
  public var columnCount: Int
  /// True if the statement cannot write to a database file.
  public var isReadOnly: Bool
  /// `BEGIN`, `COMMIT` (also for END) or `ROLLBACK` if it begins or ends a transaction.
  ///
  /// Savepoints do not count.
  public var transactionControl: String?
}

extension Connection {
  /// Compiles and describes a statement written by a user; it is neither run nor kept.
  ///
  /// Every other statement of the connection is compiled again at its next use, because SQLite must
  /// ask the authoriser again: use once at the start, never in a hot path.
  ///
  /// - Throws: any compile error: MISUSE if the text holds no statement or more than one.
  /// Source: `sqlite3_set_authorizer`, SQLITE_TRANSACTION.
  public mutating func describe(text: String) throws(SQLiteError) -> StatementDescription {
    try core.describe(text)
  }
}

extension ConnectionCore {
  fileprivate func describe(_ text: String) throws(SQLiteError) -> StatementDescription {
    let witness = TransactionWitness()
    let context = unsafe Unmanaged.passUnretained(witness).toOpaque()
    _ = unsafe sqlite3_set_authorizer(database, authorizerCallback, context)
    // Removed before the witness is released: it is not called afterwards.
    defer {
      _ = unsafe sqlite3_set_authorizer(database, nil, nil)
      withExtendedLifetime(witness) {}
    }
    let slot = try unsafe prepareOnly(text, text.zeroTerminated)
    defer { unsafe destroyStatement(slot) }
    let statement = unsafe Statement(slot)
    return StatementDescription(
      parameters: (0..<statement.parameterCount).map { statement.parameterName($0 + 1) },
      columnCount: statement.columnCount, isReadOnly: statement.isReadOnly,
      transactionControl: witness.control)
  }
}

/// Records whether a statement being compiled controls a transaction.
private final class TransactionWitness {
  var control: String?
}

private func authorizerCallback(
  _ context: UnsafeMutableRawPointer?, _ action: Int32, _ first: UnsafePointer<CChar>?,
  _ second: UnsafePointer<CChar>?, _ schema: UnsafePointer<CChar>?,
  _ trigger: UnsafePointer<CChar>?
) -> Int32 {
  guard action == SQLITE_TRANSACTION, let context = unsafe context, let first = unsafe first
  else { return SQLITE_OK }
  let witness = unsafe Unmanaged<TransactionWitness>.fromOpaque(context).takeUnretainedValue()
  witness.control = unsafe String(cString: first)
  return SQLITE_OK
}
