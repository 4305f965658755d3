import AssayModel
import SQLiteDriver

extension Connection {
  /// Runs `body` in a transaction and classifies the outcome of a failed COMMIT precisely.
  mutating func transact<T>(
    _ kind: TransactionKind, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try begin(kind)
    let value: T
    do {
      value = try body(&self)
    } catch {
      try? rollback()
      throw error
    }
    switch commitClassified() {
    case .committed: return value
    case .refused(let error), .rejected(let error), .unknown(let error): throw error
    }
  }

  /// Commits; no transaction is open afterwards.
  ///
  /// If the transaction is still open after the error, none of it is in the database: BUSY in
  /// rollback mode, a deferred constraint. If SQLite has ended it, only an interrupt or a
  /// constraint (a commit hook) proves that it was rolled back.
  mutating func commitClassified() -> GroupCommitResult {
    guard !isAutocommit else {
      return .refused(.sqlite(.transactionEnded))
    }
    do throws(SQLiteError) {
      try commit()
      return .committed
    } catch {
      let isOpen = !isAutocommit
      if isOpen { try? rollback() }
      if error.isConstraint { return .rejected(StorageError(error)) }
      if isOpen || error.isInterrupt || error.isBusy { return .refused(StorageError(error)) }
      return .unknown(.commitOutcomeUnknown(error))
    }
  }

  /// Runs `body` under a deadline, if there is one.
  mutating func limited<T>(
    until deadline: MonotonicTime?, _ body: (inout Connection) throws -> T
  ) throws -> T {
    guard let deadline else { return try body(&self) }
    setDeadline(deadline)
    defer { setDeadline(nil) }
    return try body(&self)
  }
}

extension SQLiteError {
  /// Error for a body that ended its transaction, or swallowed the error with which SQLite ended
  /// it.
  static let transactionEnded = SQLiteError(
    code: .abortRollback, message: "the transaction ended before its body did", operation: .step)

  /// True if a statement that is its own transaction may have been committed in spite of this
  /// error: such errors come from the files and the memory that the implicit COMMIT needs.
  var mayHideCommit: Bool {
    operation == .step && [.ioError, .full, .noMemory].contains(code.primary)
  }
}
