import AssayModel
import Statistics

@testable import Gate

/// A made-up machine whose speed wanders as a shared one's does: neighbouring blocks resemble each
/// other, some come in bursts, and the whole moves by a quarter.
///
/// The figures are those of the recording that the method was chosen with: lag-1 autocorrelation
/// 0.87, log-standard-deviation 24 %, neighbours 3 to 9 % apart.
struct NoisyMachine {
  private var generator: SeededGenerator
  private var wander = 0.0
  /// Standard deviation of the wandering.
  var wandering = 0.24
  /// Standard deviation of a single block.
  var jitter = 0.02
  /// One block in so many is a burst; 0 for none.
  var burstEvery = 12

  init(_ seed: Seed) { generator = SeededGenerator(seed) }

  mutating func normal() -> Double { NormalDistribution.quantile(max(1e-300, generator.unit())) }

  /// The logarithm of how slow the next block is.
  mutating func next() -> Double {
    wander = 0.97 * wander + (1 - 0.97 * 0.97).squareRoot() * normal()
    let burst = burstEvery > 0 && generator.below(burstEvery) == 0 ? 0.15 * generator.unit() : 0
    return wandering * wander + jitter * normal() + burst
  }
}

/// e to the power of a small number, without a library.
func exponential(_ x: Double) -> Double {
  var (term, sum) = (1.0, 1.0)
  for step in 1...40 {
    term *= x / Double(step)
    sum += term
  }
  return sum
}

/// Blocks with a throughput and latencies that follow from how slow the machine is.
struct BlockMaker {
  /// Operations of a block on an idle machine.
  var operations = 4_000.0
  /// Median latency in nanoseconds on an idle machine.
  var latency = 50_000.0

  /// A block of a side that is slower by `slowness`, a logarithm.
  func block(_ slowness: Double, kinds: [String] = ["store"]) -> BlockMeasurement {
    let factor = exponential(slowness)
    var latencies: [String: HistogramCounts] = [:]
    for kind in kinds { latencies[kind] = histogram(latency * factor) }
    return BlockMeasurement(
      operations: UInt64((operations / factor).rounded()), duration: .milliseconds(250),
      latencies: latencies)
  }

  /// 2,000 latencies: most near the median, twenty and more far above.
  private func histogram(_ median: Double) -> HistogramCounts {
    let values = [0.8, 1, 1.3, 4, 9].map { UInt64((median * $0).rounded()) }
    return HistogramCounts(
      values: values, counts: [600, 900, 460, 30, 10], min: values[0], max: values[4])
  }
}

/// Runs what a comparison asks for on a made-up machine.
func pairs(
  _ round: PairedComparison.Round, on machine: inout NoisyMachine, headSlower slowness: Double,
  maker: BlockMaker = BlockMaker()
) -> [BlockPair] {
  round.orders.map { order in
    let (first, second) = (machine.next(), machine.next())
    let (base, head) = order == .baseFirst ? (first, second) : (second, first)
    return BlockPair(
      order: order, base: maker.block(base), head: maker.block(head + slowness))
  }
}

/// Runs a whole comparison on a made-up machine.
func compare(
  _ plan: ComparisonPlan, on machine: inout NoisyMachine, headSlower slowness: Double,
  maker: BlockMaker = BlockMaker()
) throws -> ComparisonResult {
  var comparison = PairedComparison(plan)
  while case .run(let round) = comparison.next() {
    try comparison.add(pairs(round, on: &machine, headSlower: slowness, maker: maker))
  }
  return comparison.result
}

/// Limits of one question, computed once.
let singleLimits = LimitTable(
  looks: ComparisonPlan.usualLooks, alpha: ComparisonPlan.usualAlpha, questions: 1)

/// Limits of two questions, computed once.
let doubleLimits = LimitTable(
  looks: ComparisonPlan.usualLooks, alpha: ComparisonPlan.usualAlpha, questions: 2)

/// A plan for one metric.
func plan(
  _ metric: Metric = .throughput, question: SequentialRule.Question = .worsening, seed: Seed
) throws -> ComparisonPlan {
  try ComparisonPlan(
    rules: [MetricRule(metric)], question: question, limits: singleLimits, seed: seed)
}
