import AssayModel
import Gate

/// What a short block of each side tells: how fast the slower side is, and so how long a block must
/// be to hold a percentile.
struct BlockPilot {
  /// Operations a second of the slower side, by kind.
  let rates: [String: Double]
  /// The same of all kinds together.
  let total: Double
  /// What the base does, mean.
  let baseCapacity: Capacity
  /// How long the operations of each side outlast a turn.
  let residuals: [TurnLength.Evidence]

  /// A percentile that takes a longer block is not held by this load: a hundred pairs of such
  /// blocks take ten minutes.
  static let longest = Nanoseconds.seconds(3)
  /// More than what is needed, since blocks differ.
  private static let margin = 1.5
  /// Blocks of each side. The slowest counts: one that holds too little spoils the percentile.
  private static let rounds = 2

  /// Runs the two blocks.
  init(_ runner: BlockRunner) throws(RunnerError) {
    var rates: [String: Double] = [:]
    var total = Double.infinity
    var base: [Double] = []
    var shares: [Double] = []
    var residuals: [ComparisonSide: [TurnLength.Evidence]] = [:]
    for side in (0..<Self.rounds).flatMap({ _ in ComparisonSide.allCases }) {
      guard let cell = runner.plan.cells[side] else { continue }
      var shape = BlockShape(cell.load, length: BlockShape.shortest)
      if cell.load.needsCapacity { shape.rate = .closed }
      let block = try runner.run(
        side, shape, seed: cell.seed.derived("pilot"))
      if side == .base {
        base.append(block.measurement.arrivalsPerSecond)
        shares += block.readerShare.map { [$0] } ?? []
      }
      residuals[side, default: []].append(block.residual)
      total = min(total, block.measurement.arrivalsPerSecond)
      for (kind, count) in block.operations {
        let rate = Double(count) / max(1e-9, block.measurement.duration.seconds)
        rates[kind] = min(rates[kind] ?? .infinity, rate)
      }
    }
    self.rates = rates
    self.residuals = ComparisonSide.allCases.flatMap {
      TurnLength.Evidence.steady(residuals[$0] ?? [])
    }
    self.total = total
    baseCapacity = Capacity(
      perSecond: base.reduce(0, +) / Double(max(1, base.count)),
      readerShare: shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count))
  }

  /// How blocks of a shape share the machine.
  ///
  /// - Parameter asked: the length of a turn that the user asked for.
  func turns(_ asked: Nanoseconds?, in shape: BlockShape) -> TurnChoice {
    guard case .duration(let length) = shape.extent else {
      return TurnChoice(
        slice: .zero,
        reason: "one whole block after the other, since a block ends with its operations")
    }
    return TurnLength.choose(asked: asked, residuals, block: length)
  }

  /// The kind whose latency people mean: the workload's main one, or the most frequent.
  func mainKind(_ preferred: String?) -> String? {
    if let preferred, rates[preferred, default: 0] > 0 { return preferred }
    return rates.filter { $0.value > 0 }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// How long a block must be for these metrics, at a rate or (`nil`) as fast as it goes.
  ///
  /// A percentile that would take more than `longest` is not waited for: its metric says itself
  /// that the blocks do not hold it.
  func length(for metrics: [Metric], at target: Double? = nil) -> Nanoseconds {
    let held = metrics.filter { holds($0, at: target) }
    let spans = held.compactMap { time(for: $0, at: target) }
    let seconds = spans.reduce(BlockShape.shortest.seconds, max)
    return Nanoseconds(Int64(seconds * 1e9))
  }

  /// Whether a block of at most `longest` holds a percentile; `false` for what is none.
  func holds(_ metric: Metric, at target: Double? = nil) -> Bool {
    time(for: metric, at: target).map { $0 <= Self.longest.seconds } ?? false
  }

  /// How many seconds the slower side takes for the operations of a percentile.
  private func time(for metric: Metric, at target: Double?) -> Double? {
    guard case .percentile(_, let kind) = metric else { return nil }
    let share = min(1, target.map { total > 0 ? $0 / total : 1 } ?? 1)
    let rate = (kind.map { rates[$0, default: 0] } ?? total) * share
    return rate > 0 ? Double(metric.operationsNeeded) * Self.margin / rate : nil
  }
}
