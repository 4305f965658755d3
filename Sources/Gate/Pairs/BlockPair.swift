public import AssayModel

/// Which side of a pair runs first.
public enum PairOrder: String, Hashable, Codable, Sendable {
  /// Base, then head.
  case baseFirst
  /// Head, then base.
  case headFirst
}

/// Two neighbouring blocks, one of each side.
public struct BlockPair: Hashable, Codable, Sendable {
  /// Which ran first.
  public var order: PairOrder
  /// What the base gave.
  public var base: BlockMeasurement
  /// What the head gave.
  public var head: BlockMeasurement

  /// Creates a pair.
  public init(order: PairOrder, base: BlockMeasurement, head: BlockMeasurement) {
    self.order = order
    self.base = base
    self.head = head
  }

  /// The blocks as they ran.
  public var inOrder: [BlockMeasurement] { order == .baseFirst ? [base, head] : [head, base] }
}
