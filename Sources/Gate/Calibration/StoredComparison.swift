public import AssayModel
import RealModule
import Statistics

/// Compares a head with blocks of its base that were stored on other days.
///
/// Blocks of different sessions are not pairs: the state of the machine shifts all blocks of a
/// session together, by more than the effect that is sought. So the session is the unit. The stored
/// sessions show how much the base varies from one to the next, and the head counts as one more
/// session: it is a regression only if it lies outside the range expected of a further session of
/// the base. On most machines this detects large regressions only and reports small ones as
/// *inconclusive*; `PairedComparison` detects those by running the base again in the same run.
/// Source: prediction interval for one further observation, Hahn and Meeker, "Statistical
/// Intervals", 4.8, on the medians of the sessions' logarithms.
public enum StoredComparison {
  /// Minimum number of sessions.
  public static let leastSessions = 5
  /// Minimum number of blocks per session.
  public static let leastBlocks = 8

  /// Judges one metric of a head.
  ///
  /// - Parameters:
  ///   - rule: metric with its margin and effect.
  ///   - sessions: the base's blocks by session.
  ///   - head: the head's blocks, all of one session.
  ///   - alpha: one-sided probability of a false regression; the caller divides it among the run's
  ///     questions.
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

  /// Returns the reason why the blocks do not hold a metric. Each block is paired with itself, so
  /// that the message has the same wording as that of a paired comparison.
  private static func obstacle(_ metric: Metric, _ blocks: [BlockMeasurement]) -> String? {
    for block in blocks {
      let pair = BlockPair(order: .baseFirst, base: block, head: block)
      if case .notHeld(let reason) = LogRatios(metric, of: [pair]) { return reason }
    }
    return nil
  }

  /// Returns an inconclusive decision for too few sessions, with their estimate; from two sessions
  /// on with an interval.
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

  /// Returns the median logarithm of how bad the blocks are; for throughput the negated one.
  private static func badness(_ metric: Metric, _ blocks: [BlockMeasurement]) -> Double {
    let logs = blocks.compactMap { block -> Double? in
      guard case .value(let value) = metric.reading(in: block) else { return nil }
      // A block without operations counts as e^20 times worse.
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
