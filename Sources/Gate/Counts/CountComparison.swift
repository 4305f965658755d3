/// What was decided about one exact count.
public struct CountComparison: Hashable, Codable, Sendable {
  /// The answers.
  public enum Outcome: String, CaseIterable, Hashable, Codable, Sendable {
    /// Both sides have the same count.
    case same
    /// The head does more: a regression.
    case increased
    /// The head does less: an improvement.
    case decreased
    /// The head differs in a count of which neither direction is worse.
    case changed
    /// A side's own repetitions differ, so nothing can be said.
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
  /// Operations that each side did.
  public var operations: UInt64
  /// The decision.
  public var outcome: Outcome
  /// Why, in one sentence with numbers.
  public var reason: String

  /// Creates a comparison as it was decided.
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

  /// Name of the entry of sides that are incomparable.
  public static let incomparableName = "operations"

  /// Sides that did not do the same work have no counts to compare: one entry that decides nothing.
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
