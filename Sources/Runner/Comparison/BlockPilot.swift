import AssayModel

/// Finds how long a block must be, by a short one of each side.
struct BlockPilot {
  /// What was found.
  struct Finding {
    /// How long a block lasts.
    var length: Nanoseconds
    /// Operations of the rarest kind that the slower side does in a block of that length.
    var expected: [String: Double]
    /// What a block costs beyond what it measures, the larger of both sides.
    var overhead: Nanoseconds
  }

  /// Operations that a block must hold for p99, so that ten lie beyond it.
  /// Source: the rule of a hundred for a percentile, times ten because two runs are compared.
  static let operationsForP99 = 1_000.0
  /// The same for p99.9.
  static let operationsForP999 = 10_000.0
  /// A percentile that takes a longer block is not held by this load.
  static let longest = Nanoseconds.seconds(10)
  /// More than what is needed, since blocks differ.
  private static let margin = 1.3

  /// - Parameters:
  ///   - needed: operations that a block must hold of each kind that counts.
  ///   - kinds: the kinds that count; empty for all of them together.
  static func find(
    _ runner: BlockRunner, needed: Double, kinds: [String]
  ) throws(RunnerError) -> Finding {
    var rates: [String: Double] = [:]
    var overhead = Nanoseconds.zero
    for side in ComparisonSide.allCases {
      guard let cell = runner.plan.cells[side] else { continue }
      let shape = BlockShape(cell.load, length: BlockShape.shortest)
      let block = try runner.run(
        side, shape, seed: cell.seed.derived("pilot").derived(side.rawValue))
      let seconds = block.measurement.duration.seconds
      overhead = max(overhead, block.elapsed - block.measurement.duration)
      for (kind, count) in counted(block, kinds) where seconds > 0 {
        rates[kind] = min(rates[kind] ?? .infinity, Double(count) / seconds)
      }
    }
    let slowest = rates.values.min() ?? 0
    let wanted = slowest > 0 ? needed * margin / slowest : .infinity
    let seconds = min(max(BlockShape.shortest.seconds, wanted), longest.seconds)
    return Finding(
      length: Nanoseconds(Int64(seconds * 1e9)), expected: rates.mapValues { $0 * seconds },
      overhead: overhead)
  }

  private static func counted(
    _ block: BlockRunner.Block, _ kinds: [String]
  ) -> [String: UInt64] {
    guard !kinds.isEmpty else { return ["": block.measurement.operations] }
    return Dictionary(
      kinds.map { ($0, block.operations[$0] ?? 0) }, uniquingKeysWith: { first, _ in first })
  }
}
