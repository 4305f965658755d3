/// What a fresh process found in the database after the run, besides its rows of content.
public struct Observation: Hashable, Codable, Sendable {
  /// Rows of `PRAGMA integrity_check`; `["ok"]` when sound.
  public var integrityRows: [String]
  /// Rows of `PRAGMA foreign_key_check`, each as text; empty when sound.
  public var foreignKeyRows: [String]
  /// The error that kept the database from being opened or read, if any.
  public var failure: String?
  /// Whether that error says that the file is damaged (CORRUPT) or no database (NOTADB).
  public var isDamaged = false
  /// Why the reading of the database was given up; `nil` when it came to its end.
  public var unfinished: String?
  /// Name of the file beside the run that holds the rows of content, if they could be read.
  public var contentFile: String?
  /// Number of rows in it.
  public var contentRows: Int
  /// What the scenario's own invariants gave; empty where it has none.
  public var invariants: [InvariantObservation]
  /// Nanoseconds that opening took, recovery of a journal or WAL included.
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

/// What one of the scenario's invariants gave.
public struct InvariantObservation: Hashable, Codable, Sendable {
  /// What the query answered.
  public enum Answer: Hashable, Codable, Sendable {
    /// The first column of the first row as text; `NULL` for null.
    case found(String)
    /// There was no row.
    case noRow
    /// SQLite refused, with this message.
    case failed(String)
    /// The query was given up when it had reached this limit.
    case unfinished(limit: String)
  }

  /// The query.
  public var query: String
  /// What it must give.
  public var expected: String
  /// What it gave.
  public var answer: Answer

  /// Creates an observation.
  public init(query: String, expected: String, answer: Answer) {
    self.query = query
    self.expected = expected
    self.answer = answer
  }

  /// Whether the invariant held.
  public var holds: Bool { answer == .found(expected) }

  /// Why it cannot be told whether the invariant held; `nil` when it can.
  public var unknownReason: String? {
    guard case .unfinished(let limit) = answer else { return nil }
    let query = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "the invariant '\(query)' did not finish within \(limit)"
  }
}
