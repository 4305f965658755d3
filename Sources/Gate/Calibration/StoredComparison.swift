public import AssayModel
import RealModule
import Statistics

/// Compares a head with blocks of its base that were stored on other days.
///
/// Blocks of different sessions are not pairs: the machine's mood moves all blocks of a session
/// together, by more than what is looked for. So the session is the unit. The stored sessions say
/// how far the base moves from one to the next, and the head is one more: it is a regression only
/// when it lies outside of what a further session of the base would show. On most machines that
/// finds large regressions only and says *inconclusive* of small ones; running the base again in
/// the same run, as `PairedComparison` does, finds those.
/// Source: prediction interval for one further observation, Hahn and Meeker, "Statistical
/// Intervals", 4.8, on the medians of the sessions' logarithms.
public enum StoredComparison {
  /// Sessions that are needed at least.
  public static let leastSessions = 5
  /// Blocks of a session that are needed at least.
  public static let leastBlocks = 8

  /// Judges a metric.
  ///
  /// - Parameters:
  ///   - rule: the metric with its margin and effect.
  ///   - sessions: the base's blocks by session.
  ///   - head: the head's blocks, of one session.
  ///   - alpha: probability of a false regression, one-sided, shared among the run's questions by
  ///     the caller.
  public static func judge(
    _ rule: MetricRule, base sessions: [[BlockMeasurement]], head: [BlockMeasurement],
    alpha: Double = ComparisonPlan.usualAlpha
  ) -> MetricDecision {
    let long = sessions.filter { $0.count >= leastBlocks }
    guard long.count >= leastSessions, head.count >= leastBlocks else {
      return tooFew(
        rule, sessions, head,
        "\(long.count) stored sessions of \(leastBlocks) blocks and \(head.count) blocks of the "
          + "head: at least \(leastSessions) and \(leastBlocks) are needed")
    }
    if let reason = obstacle(rule.metric, Array(long.joined()) + head) {
      return .unseen(rule, .inconclusive, pairs: 0, look: 0, reason: reason)
    }
    let medians = long.map { badness(rule.metric, $0) }
    let count = Double(medians.count)
    let mean = medians.reduce(0, +) / count
    let error = Spread.standardDeviation(medians) * (1 + 1 / count).squareRoot()
    return decision(
      rule, estimate: badness(rule.metric, head) - mean, error: error, freedom: count - 1,
      alpha: alpha, sessions: medians.count)
  }

  /// Why blocks do not hold a metric: as pairs of a side with itself, so that what does not hold a
  /// percentile says so in the same words.
  private static func obstacle(_ metric: Metric, _ blocks: [BlockMeasurement]) -> String? {
    for block in blocks {
      let pair = BlockPair(order: .baseFirst, base: block, head: block)
      if case .notHeld(let reason) = LogRatios(metric, of: [pair]) { return reason }
    }
    return nil
  }

  /// Too few sessions decide nothing, but they show something: from two on with an interval.
  private static func tooFew(
    _ rule: MetricRule, _ sessions: [[BlockMeasurement]], _ head: [BlockMeasurement],
    _ reason: String
  ) -> MetricDecision {
    let some = sessions.filter { !$0.isEmpty }
    var decision = MetricDecision.unseen(
      rule, .inconclusive, pairs: some.count, look: 0, reason: reason)
    guard !some.isEmpty, !head.isEmpty,
      obstacle(rule.metric, Array(some.joined()) + head) == nil
    else { return decision }
    let medians = some.map { badness(rule.metric, $0) }
    let count = Double(medians.count)
    let estimate = badness(rule.metric, head) - medians.reduce(0, +) / count
    decision.estimate = estimate
    decision.isUnadjusted = true
    if medians.count > 1 {
      let error = Spread.standardDeviation(medians) * (1 + 1 / count).squareRoot()
      let width = StudentDistribution.limit(confidence: 0.95, freedom: count - 1) * error
      decision.lower = estimate - width
      decision.upper = estimate + width
    }
    decision.reason += "; so far \(decision.change.map { "\($0)" } ?? "")"
    return decision
  }

  /// Median logarithm of how bad blocks are; of throughput the negative one.
  private static func badness(_ metric: Metric, _ blocks: [BlockMeasurement]) -> Double {
    let logs = blocks.compactMap { block -> Double? in
      guard case .value(let value) = metric.reading(in: block) else { return nil }
      // A block that did nothing is as bad as e^20 operations fewer.
      let logarithm = value > 0 ? Double.log(value) : -LogRatios.limit
      return metric.isBetterHigher ? -logarithm : logarithm
    }
    return SampleQuantile.median(sorted: logs.sorted())
  }

  private static func decision(
    _ rule: MetricRule, estimate: Double, error: Double, freedom: Double, alpha: Double,
    sessions: Int
  ) -> MetricDecision {
    let width = StudentDistribution.limit(confidence: 1 - 2 * alpha, freedom: freedom) * error
    let equivalence =
      estimate + StudentDistribution.limit(confidence: 0.95, freedom: freedom) * error
    let outcome: SequentialRule.Outcome
    if estimate - width > 0, estimate > rule.logMargin {
      outcome = .regression
    } else if estimate + width < 0, estimate < -rule.logMargin {
      outcome = .improvement
    } else if equivalence < rule.logEffect {
      outcome = .equivalent
    } else {
      outcome = .inconclusive
    }
    let reason =
      "\(DecisionReason.change(estimate, rule)) against \(sessions) stored sessions, whose own "
      + "spread allows \(DecisionReason.change(width, rule)); "
      + "\(DecisionReason.change(rule.logEffect, rule)) would count"
    var decision = MetricDecision.unseen(rule, outcome, pairs: sessions, look: 0, reason: reason)
    decision.estimate = estimate
    decision.lower = estimate - width
    decision.upper = estimate + width
    decision.equivalenceUpper = equivalence
    return decision
  }
}
