import CSQLite

/// What SQLite says of a statement without running it.
public struct StatementDescription: Hashable, Sendable {
  /// The parameters in their order, from 1, each with its prefix (`:name`); `nil` for one without
  /// a name.
  public var parameters: [String?]
  /// The number of columns of each row; 0 for statements that give no rows.
  public var columnCount: Int
  /// Whether it cannot write to a database file.
  public var isReadOnly: Bool
  /// `BEGIN`, `COMMIT` (also for END) or `ROLLBACK` when it begins or ends a transaction.
  ///
  /// Savepoints are none of them.
  public var transactionControl: String?
}

extension Connection {
  /// Compiles a statement that a user wrote and says what it is; it is neither run nor kept.
  ///
  /// Every other statement of the connection is compiled again at its next use, because SQLite
  /// asks whether it is allowed: once at the start, never in a hot path.
  ///
  /// - Throws: what compiling reports: MISUSE when the text holds no statement or more than one.
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
    // Removed before the witness goes: nothing asks it afterwards.
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

/// Notes whether a statement that is being compiled controls a transaction.
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
