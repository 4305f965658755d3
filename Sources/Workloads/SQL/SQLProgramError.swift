public import SQLiteDriver

/// A mistake in the SQL of a scenario; found before any of it is run.
public struct SQLProgramError: Error, Equatable, Sendable {
  /// The kinds of mistakes.
  public enum Code: Hashable, Sendable {
    /// A set-up script fails, or ends the transaction that it runs in.
    case setUpFails
    /// A statement or an invariant does not compile, is empty, or is more than one statement.
    case doesNotPrepare
    /// A statement begins or ends a transaction, which is the harness's business.
    case controlsTransaction
    /// A statement names a parameter that the transaction does not declare.
    case undeclaredParameter
    /// The transaction declares a parameter that no statement names.
    case unusedParameter
    /// A declaration that cannot be drawn from, such as an empty range.
    case impossibleParameter
    /// An invariant that returns no column, writes, or has parameters.
    case notAQuery
    /// No transaction or statement for writers, or no invariant for readers.
    case nothingToDo
  }

  /// Kind of the mistake.
  public var code: Code
  /// Place of the mistake, such as `transaction 'order', statement 2`.
  public var place: String
  /// Description of the mistake, for people.
  public var finding: String
  /// The SQL in question, if any.
  public var sql: String?
  /// The error of SQLite, if SQLite refused the SQL.
  public var cause: SQLiteError?

  init(
    _ code: Code, _ place: String, _ finding: String, sql: String? = nil,
    cause: SQLiteError? = nil
  ) {
    self.code = code
    self.place = place
    self.finding = finding
    self.sql = sql
    self.cause = cause
  }

  init(_ code: Code, _ place: String, _ cause: SQLiteError, sql: String) {
    let finding = cause.message.isEmpty ? "\(cause.code)" : cause.message
    self.init(code, place, finding, sql: cause.sql ?? sql, cause: cause)
  }
}

extension SQLProgramError: CustomStringConvertible {
  /// The longest part of a statement that a message quotes.
  private static let quoteLimit = 200

  /// One line for people: place, finding, SQL.
  public var description: String {
    guard let sql else { return "\(place): \(finding)" }
    let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let quote = line.count > Self.quoteLimit ? line.prefix(Self.quoteLimit) + "..." : line[...]
    return "\(place): \(finding); SQL: \(quote)"
  }
}
