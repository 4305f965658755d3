/// Attempts of one operation that ended with one code.
public struct ErrorResult: Codable, Hashable, Sendable {
  /// Name of the code when the process died in the attempt: no error of the operation.
  public static let processDied = "PROCESS_DIED"

  /// The operation: a kind, or the name of a transaction of workload `sql`.
  public var operation: String
  /// Name of the code, such as `SQLITE_BUSY` or `FENCED`.
  public var code: String
  /// Attempts that ended with it, those that were tried again included.
  public var count: UInt64
  /// Operations that were given up with it.
  public var failed: UInt64
  /// SQLite's message, or what storage said, the first time; `nil` when none has come.
  public var message: String?
  /// The statement that failed the first time, where it is known.
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

  /// Whether SQLite or storage answered with it; a process that died got no answer.
  public var isAnswer: Bool { code != Self.processDied }
}

/// What became of the attempts of one operation while measuring.
public struct AttemptsResult: Codable, Hashable, Sendable {
  /// The operation: a kind, or the name of a transaction of workload `sql`.
  public var operation: String
  /// Name of its kind.
  public var kind: String
  /// Attempts.
  public var attempts: UInt64
  /// Operations that were acknowledged.
  public var acknowledged: UInt64
  /// Operations that were given up because of an error.
  public var failed: UInt64
  /// Operations that were still being tried when measuring ended.
  public var unfinished: UInt64
  /// Whether one succeeded at any time, the warm-up included.
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
