/// Attempts of one operation that ended with one code.
public struct ErrorResult: Codable, Hashable, Sendable {
  /// Name of the code for an attempt during which the process died; not an error of the operation.
  public static let processDied = "PROCESS_DIED"

  /// Operation: a kind, or the name of a transaction of workload `sql`.
  public var operation: String
  /// Name of the code, such as `SQLITE_BUSY` or `FENCED`.
  public var code: String
  /// Number of attempts that ended with this code, retried ones included.
  public var count: UInt64
  /// Number of operations given up with this code.
  public var failed: UInt64
  /// SQLite's or the storage layer's message from the first occurrence; `nil` if there was none.
  public var message: String?
  /// Statement that failed in the first occurrence, if known.
  public var sql: String?

  /// Creates a row.
  public init(
    operation: String, code: String, count: UInt64, failed: UInt64, message: String? = nil,
    sql: String? = nil
  ) {
    self.operation = operation
    self.code = code
    self.count = count
    self.failed = failed
    self.message = message
    self.sql = sql
  }

  /// True if SQLite or the storage layer returned this code; a process that died got no answer.
  public var isAnswer: Bool { code != Self.processDied }
}

/// Outcomes of the attempts of one operation while measuring.
public struct AttemptsResult: Codable, Hashable, Sendable {
  /// Operation: a kind, or the name of a transaction of workload `sql`.
  public var operation: String
  /// Name of its kind.
  public var kind: String
  /// Number of attempts.
  public var attempts: UInt64
  /// Number of acknowledged operations.
  public var acknowledged: UInt64
  /// Number of operations given up because of an error.
  public var failed: UInt64
  /// Number of operations still being tried when measuring ended.
  public var unfinished: UInt64
  /// True if an operation succeeded at any time, the warm-up included.
  public var hasSucceeded: Bool

  /// Creates a row.
  public init(
    operation: String, kind: String, attempts: UInt64, acknowledged: UInt64, failed: UInt64,
    unfinished: UInt64, hasSucceeded: Bool
  ) {
    self.operation = operation
    self.kind = kind
    self.attempts = attempts
    self.acknowledged = acknowledged
    self.failed = failed
    self.unfinished = unfinished
    self.hasSucceeded = hasSucceeded
  }
}

extension CellResult {
  /// Operations that were tried, answered with errors, and never succeeded.
  public var neverSucceeded: [AttemptsResult] {
    (attempts ?? []).filter { tried in
      !tried.hasSucceeded
        && (errors ?? []).contains { $0.operation == tried.operation && $0.isAnswer }
    }
  }
}
