public import AssayModel

/// Order of the two sides within a pair.
public enum PairOrder: String, CaseIterable, Hashable, Codable, Sendable {
  /// Base, then head.
  case baseFirst
  /// Head, then base.
  case headFirst
}

/// Two neighbouring blocks, one of each side.
public struct BlockPair: Hashable, Codable, Sendable {
  /// The order in which the sides ran.
  public var order: PairOrder
  /// Measurement of the base.
  public var base: BlockMeasurement
  /// Measurement of the head.
  public var head: BlockMeasurement

  /// Creates a pair.
  public init(order: PairOrder, base: BlockMeasurement, head: BlockMeasurement) {
    self.order = order
    self.base = base
    self.head = head
  }

  /// The blocks in the order in which they ran.
  public var inOrder: [BlockMeasurement] { order == .baseFirst ? [base, head] : [head, base] }

  /// Makes base-against-base pairs from a recording: neighbouring blocks of one variant, one of
  /// which, chosen at random, is called the head.
  ///
  /// - Parameters:
  ///   - blocks: in the order of measurement; the last one of an odd number is left out.
  ///   - seed: seed of the random choice.
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
