import Statistics

/// Sentence that gives the reason for a decision about a metric.
enum DecisionReason {
  static func text(
    _ rule: MetricRule, _ look: SequentialRule.Look, _ outcome: SequentialRule.Outcome, pairs: Int
  ) -> String {
    let estimate = change(look.estimate, rule)
    let statistic = "z \(Percent.number(look.z)), limit \(Percent.number(look.limit))"
    switch outcome {
    case .regression:
      return "\(estimate) in \(pairs) pairs, beyond the margin of "
        + "\(change(rule.logMargin, rule)), \(statistic)"
    case .improvement:
      return "\(estimate) in \(pairs) pairs, beyond the margin of "
        + "\(change(-rule.logMargin, rule)), \(statistic)"
    case .equivalent:
      return "at worst \(change(look.equivalence.upper, rule)) after \(pairs) pairs "
        + "(one-sided 97.5 %); \(change(rule.logEffect, rule)) would count"
    case .inconclusive, .environmentInvalid:
      return "\(estimate) in \(pairs) pairs, but \(change(look.equivalence.upper, rule)) is "
        + "possible and \(change(rule.logEffect, rule)) would count, \(statistic)"
    }
  }

  /// Returns the reason why a metric is undecided, followed by its change so far.
  static func undecided(_ reason: String, _ decision: MetricDecision) -> String {
    guard let change = decision.change else { return reason }
    return "\(reason); \(change) in \(decision.pairs) pairs so far"
  }

  /// Formats the logarithm of how much worse the head is in the metric's own direction: 0.05 of
  /// throughput is `-4.88 %`.
  static func change(_ logarithm: Double, _ rule: MetricRule) -> String {
    Change(rule.metric, worsening: logarithm).estimate
  }
}
