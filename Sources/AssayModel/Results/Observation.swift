/// State of the database as a fresh process found it after the run, apart from its content rows.
public struct Observation: Hashable, Codable, Sendable {
  /// Rows of `PRAGMA integrity_check`; `["ok"]` if the database is sound.
  public var integrityRows: [String]
  /// Rows of `PRAGMA foreign_key_check`, each as text; empty if the database is sound.
  public var foreignKeyRows: [String]
  /// Error that prevented the database from being opened or read, if any.
  public var failure: String?
  /// True if that error reports a damaged file (CORRUPT) or a file that is no database (NOTADB).
  public var isDamaged = false
  /// Reason for giving up the reading of the database; `nil` if it was read to the end.
  public var unfinished: String?
  /// Path of the file that holds the content rows, if they could be read.
  public var contentFile: String?
  /// Number of rows in it.
  public var contentRows: Int
  /// Results of the scenario's own invariants; empty if it has none.
  public var invariants: [InvariantObservation]
  /// Nanoseconds taken to open the database, recovery of a journal or WAL included.
  public var openNanoseconds: UInt64

  /// Creates an observation.
  public init(
    integrityRows: [String] = [], foreignKeyRows: [String] = [], failure: String? = nil,
    contentFile: String? = nil, contentRows: Int = 0,
    invariants: [InvariantObservation] = [], openNanoseconds: UInt64 = 0
  ) {
    self.integrityRows = integrityRows
    self.foreignKeyRows = foreignKeyRows
    self.failure = failure
    self.contentFile = contentFile
    self.contentRows = contentRows
    self.invariants = invariants
    self.openNanoseconds = openNanoseconds
  }
}

/// Result of one of the scenario's invariants.
public struct InvariantObservation: Hashable, Codable, Sendable {
  /// Answer of the query.
  public enum Answer: Hashable, Codable, Sendable {
    /// The first column of the first row as text; `NULL` for null.
    case found(String)
    /// The query returned no row.
    case noRow
    /// SQLite returned an error with this message.
    case failed(String)
    /// The query was abandoned on reaching this limit.
    case unfinished(limit: String)
  }

  /// The query.
  public var query: String
  /// Value that the query must return.
  public var expected: String
  /// Answer that the query returned.
  public var answer: Answer

  /// Creates an observation.
  public init(query: String, expected: String, answer: Answer) {
    self.query = query
    self.expected = expected
    self.answer = answer
  }

  /// True if the invariant held.
  public var holds: Bool { answer == .found(expected) }

  /// Reason why it is unknown if the invariant held; `nil` if it is known.
  public var unknownReason: String? {
    guard case .unfinished(let limit) = answer else { return nil }
    let query = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "the invariant '\(query)' did not finish within \(limit)"
  }
}
