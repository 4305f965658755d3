/// Outcomes of the attempts at one operation, in one block or in several.
public struct BlockAttempts: Codable, Hashable, Sendable {
  /// Number of operations acknowledged while measuring.
  public var acknowledged: UInt64
  /// Number of operations given up because of an error.
  public var failed: UInt64
  /// Number of attempts that ended with an error, retried ones included.
  public var errors: UInt64
  /// Name of the most frequent error code, such as `SQLITE_BUSY`; `nil` without errors.
  public var code: String?
  /// `true` if an operation succeeded, the warm-up included.
  public var hasSucceeded: Bool

  /// Creates a row.
  public init(
    acknowledged: UInt64, failed: UInt64 = 0, errors: UInt64 = 0, code: String? = nil,
    hasSucceeded: Bool
  ) {
    self.acknowledged = acknowledged
    self.failed = failed
    self.errors = errors
    self.code = code
    self.hasSucceeded = hasSucceeded
  }

  /// `true` if the operation was tried and no attempt succeeded.
  public var neverSucceeded: Bool { !hasSucceeded && errors > 0 }

  /// Returns the sum of both; the code is that of the part with more errors.
  public func merged(with other: BlockAttempts) -> BlockAttempts {
    BlockAttempts(
      acknowledged: acknowledged + other.acknowledged, failed: failed + other.failed,
      errors: errors + other.errors, code: other.errors > errors ? other.code : code ?? other.code,
      hasSucceeded: hasSucceeded || other.hasSucceeded)
  }
}

extension [BlockMeasurement] {
  /// The attempts of all blocks by operation.
  public var attempts: [String: BlockAttempts] {
    reduce(into: [:]) { all, block in
      all.merge(block.attempts ?? [:]) { $0.merged(with: $1) }
    }
  }

  /// The first operation, by name, that was tried and never succeeded in any block.
  public var firstWithoutSuccess: (operation: String, attempts: BlockAttempts)? {
    attempts.filter(\.value.neverSucceeded).min { $0.key < $1.key }
      .map { (operation: $0.key, attempts: $0.value) }
  }
}
