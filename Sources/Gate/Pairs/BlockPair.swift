public import AssayModel

/// Which side of a pair runs first.
public enum PairOrder: String, CaseIterable, Hashable, Codable, Sendable {
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

  /// Makes pairs of neighbouring blocks of one and the same variant, of which one, at random, is
  /// called the head: base against base, from a recording.
  ///
  /// - Parameters:
  ///   - blocks: in the order of measuring; of an odd number the last one is left out.
  ///   - seed: what the choice follows from.
  public static func neighbours(_ blocks: [BlockMeasurement], seed: Seed) -> [BlockPair] {
    var generator = SeededGenerator(seed)
    return (0..<(blocks.count / 2)).map { index in
      let (first, second) = (blocks[2 * index], blocks[2 * index + 1])
      return generator.below(2) == 0
        ? BlockPair(order: .baseFirst, base: first, head: second)
        : BlockPair(order: .headFirst, base: second, head: first)
    }
  }
}
