/// Decision about one exact count.
public struct CountComparison: Hashable, Codable, Sendable {
  /// Possible decisions about a count.
  public enum Outcome: String, CaseIterable, Hashable, Codable, Sendable {
    /// Both sides have the same count.
    case same
    /// The head has the higher count: a regression.
    case increased
    /// The head has the lower count: an improvement.
    case decreased
    /// The counts differ, and neither direction is worse for this count.
    case changed
    /// The repetitions of one side differ, so no decision is possible.
    case notExact
    /// A side was not counted.
    case missing
  }

  /// Name of the count, such as `syncs`.
  public var name: String
  /// The base's count; `nil` when missing or not exact.
  public var base: UInt64?
  /// The head's count; `nil` when missing or not exact.
  public var head: UInt64?
  /// Number of operations that each side did.
  public var operations: UInt64
  /// The decision.
  public var outcome: Outcome
  /// Reason for the decision, in one sentence with numbers.
  public var reason: String

  /// Creates a comparison with its decision.
  public init(
    name: String, base: UInt64? = nil, head: UInt64? = nil, operations: UInt64,
    outcome: Outcome, reason: String
  ) {
    self.name = name
    self.base = base
    self.head = head
    self.operations = operations
    self.outcome = outcome
    self.reason = reason
  }

  /// Name of the entry for sides that are incomparable.
  public static let incomparableName = "operations"

  /// Returns the one entry, which decides nothing, for sides that did different work.
  public static func incomparable(_ error: GateError) -> CountComparison {
    CountComparison(
      name: incomparableName, operations: 0, outcome: .notExact,
      reason: "\(error.found); expected \(error.allowed)")
  }

  /// The base's count per operation.
  public var basePerOperation: Double? { perOperation(base) }

  /// The head's count per operation.
  public var headPerOperation: Double? { perOperation(head) }

  private func perOperation(_ count: UInt64?) -> Double? {
    guard let count, operations > 0 else { return nil }
    return Double(count) / Double(operations)
  }
}
