import Statistics

/// Decision about one metric of one workload.
public struct MetricDecision: Hashable, Codable, Sendable {
  /// The metric with its margin and effect.
  public var rule: MetricRule
  /// The decision.
  public var outcome: SequentialRule.Outcome
  /// Logarithm of how much worse the head is; `nil` if it could not be measured.
  public var estimate: Double?
  /// Lower bound of the estimate at the limit of the look; `nil` if unknown.
  public var lower: Double?
  /// Upper bound of the estimate at the limit of the look; `nil` if unknown.
  public var upper: Double?
  /// Upper bound at one-sided 2.5 %, used to judge equivalence; `nil` if unknown.
  public var equivalenceUpper: Double?
  /// Signed-rank statistic.
  public var z: Double?
  /// Limit that the statistic had to reach.
  public var limit: Double?
  /// True if `lower` and `upper` are a plain 95 % interval, because no look gave one; otherwise
  /// they are at the limit of the look.
  public var isUnadjusted: Bool?
  /// Number of pairs.
  public var pairs: Int
  /// Number of the deciding look, from 1; 0 if none decided.
  public var look: Int
  /// Reason for the decision, in one sentence with numbers.
  public var reason: String

  /// Ratio of head to base, in the metric's own direction: 0.95 of throughput is 5 % slower.
  public var ratio: Double? { estimate.map(ratio(ofWorsening:)) }

  /// Lower bound of the ratio; `nil` if unknown.
  public var lowerRatio: Double? {
    (rule.metric.isBetterHigher ? upper : lower).map(ratio(ofWorsening:))
  }

  /// Upper bound of the ratio; `nil` if unknown.
  public var upperRatio: Double? {
    (rule.metric.isBetterHigher ? lower : upper).map(ratio(ofWorsening:))
  }

  private func ratio(ofWorsening logarithm: Double) -> Double {
    Change.ratio(ofWorsening: logarithm, rule.metric)
  }

  /// Returns the decision for an unmeasured metric, such as one that is not gateable here.
  public static func notMeasured(
    _ rule: MetricRule, _ outcome: SequentialRule.Outcome = .inconclusive, because reason: String
  ) -> MetricDecision {
    unseen(rule, outcome, pairs: 0, look: 0, reason: reason)
  }

  /// Returns the decision for a metric that no look decided, with the estimate from its pairs and,
  /// if there are enough of them, a plain 95 % interval.
  ///
  /// - Parameter reason: why the metric is undecided; the estimate is appended to it.
  public static func observed(
    _ rule: MetricRule, _ outcome: SequentialRule.Outcome = .inconclusive, in pairs: [BlockPair],
    because reason: String
  ) -> MetricDecision {
    var decision = unseen(rule, outcome, pairs: pairs.count, look: 0, reason: reason)
    guard !pairs.isEmpty, case .values(let values) = LogRatios(rule.metric, of: pairs),
      !values.isEmpty
    else { return decision }
    let centre = HodgesLehmann(values)
    let interval = centre.interval(confidence: 0.95)
    decision.estimate = centre.estimate
    if interval.lower.isFinite, interval.upper.isFinite {
      (decision.lower, decision.upper) = (interval.lower, interval.upper)
    }
    decision.isUnadjusted = true
    decision.reason = DecisionReason.undecided(reason, decision)
    return decision
  }

  /// Returns a decision without an estimate.
  static func unseen(
    _ rule: MetricRule, _ outcome: SequentialRule.Outcome, pairs: Int, look: Int, reason: String
  ) -> MetricDecision {
    MetricDecision(rule: rule, outcome: outcome, pairs: pairs, look: look, reason: reason)
  }

  /// Returns a decision with the evidence of a look.
  static func seen(
    _ rule: MetricRule, _ seen: SequentialRule.Look, outcome: SequentialRule.Outcome, pairs: Int,
    look: Int, reason: String
  ) -> MetricDecision {
    func known(_ bound: Double) -> Double? { bound.isFinite ? bound : nil }
    // Few pairs have no finite bounds at the limit of an early look, but they have some at 95 %.
    let isUnadjusted = !seen.interval.lower.isFinite || !seen.interval.upper.isFinite
    let interval = isUnadjusted ? seen.equivalence : seen.interval
    return MetricDecision(
      rule: rule, outcome: outcome, estimate: seen.estimate, lower: known(interval.lower),
      upper: known(interval.upper), equivalenceUpper: known(seen.equivalence.upper),
      z: seen.z, limit: seen.limit, isUnadjusted: isUnadjusted ? true : nil, pairs: pairs,
      look: look, reason: reason)
  }
}
