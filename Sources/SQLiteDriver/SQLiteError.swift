/// A failure of SQLite, with everything a reader needs to act on it.
public struct SQLiteError: Error, Equatable, Sendable {
  /// Operation in progress.
  public enum Operation: Equatable, Sendable {
    /// Opening a database.
    case open
    /// Compiling SQL.
    case prepare
    /// Binding a parameter; from 1.
    case bind(parameter: Int)
    /// Running a statement.
    case step
    /// Reading or setting a pragma.
    case pragma(String)
    /// Running a checkpoint.
    case checkpoint
    /// Copying a database through the backup API.
    case backup
    /// Closing a connection.
    case close
    /// Reading a status counter, or changing a library-wide setting.
    case status
    /// A pragma was set, and reading it back returned another value; `answered` is `nil` if SQLite
    /// returned no row at all, as it does for an unknown pragma.
    case settingNotTaken(pragma: String, wanted: String, answered: String?)
  }

  /// Reason why this module cut short a wait or a query.
  public enum CutShort: Equatable, Sendable {
    /// The deadline of `withDeadline` had passed.
    case deadline
    /// The statement had run the number of operations that `stepLimit` allows.
    case stepLimit
    /// The time source threw `ActorStopped`: the actor must not continue.
    case actorStopped
  }

  /// Extended result code. A setting that was not taken has `ResultCode.error`.
  public var code: ResultCode
  /// SQLite's message, for users; never compared.
  public var message: String
  /// The SQL, if any.
  public var sql: String?
  /// Operation in progress.
  public var operation: Operation
  /// Indicates that SQLite rolled back the whole open transaction because of this error.
  ///
  /// SQLite may do so after FULL, IOERR, NOMEM, BUSY and INTERRUPT. Source: "Response To Errors
  /// Within A Transaction", lang_transaction.html.
  public var rolledBackTransaction: Bool
  /// Set if a deadline or a stopped actor ended the wait (then the code is BUSY) or the query (then
  /// the code is INTERRUPT).
  public var cutShort: CutShort?

  /// Creates an error.
  public init(
    code: ResultCode, message: String, sql: String? = nil, operation: Operation,
    rolledBackTransaction: Bool = false, cutShort: CutShort? = nil
  ) {
    self.code = code
    self.message = message
    self.sql = sql
    self.operation = operation
    self.rolledBackTransaction = rolledBackTransaction
    self.cutShort = cutShort
  }

  /// True if another connection was in the way: BUSY in all its forms.
  public var isBusy: Bool { code.primary == .busy }

  /// True if a constraint is violated.
  public var isConstraint: Bool { code.primary == .constraint }

  /// True if the query was interrupted, by a handle or by a deadline.
  public var isInterrupt: Bool { code.primary == .interrupt }
}

extension SQLiteError: CustomStringConvertible {
  /// One line for users: code, operation, message, SQL.
  public var description: String {
    var text = "\(code) \(operation)"
    if case .settingNotTaken = operation {
      text = "\(operation)"
    }
    if !message.isEmpty { text += ": \(message)" }
    if cutShort == .deadline { text += " (deadline passed)" }
    if cutShort == .stepLimit { text += " (step limit reached)" }
    if cutShort == .actorStopped { text += " (actor stopped)" }
    if rolledBackTransaction { text += "; the transaction was rolled back" }
    if let sql { text += "; SQL: \(sql)" }
    return text
  }
}

extension SQLiteError.Operation: CustomStringConvertible {
  /// Description of the operation in words.
  public var description: String {
    switch self {
    case .open: "while opening"
    case .prepare: "while preparing"
    case .bind(let parameter): "while binding parameter \(parameter)"
    case .step: "while running"
    case .pragma(let name): "in pragma \(name)"
    case .checkpoint: "in a checkpoint"
    case .backup: "in a backup"
    case .close: "while closing"
    case .status: "in a status call"
    case .settingNotTaken(let pragma, let wanted, let answered):
      "pragma \(pragma) = \(wanted) was not taken, SQLite answered \(answered ?? "nothing")"
    }
  }
}

/// An error type that can carry an `SQLiteError`, so that transactions keep typed throws.
///
/// `transaction` and related functions convert their own failures with it.
public protocol SQLiteErrorConvertible: Error {
  /// Wraps a failure of SQLite.
  init(_ error: SQLiteError)
}

extension SQLiteError: SQLiteErrorConvertible {
  /// The error itself.
  public init(_ error: SQLiteError) {
    self = error
  }
}
