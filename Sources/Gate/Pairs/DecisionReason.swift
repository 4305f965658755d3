import Statistics

/// The sentence that says why a metric was decided so.
enum DecisionReason {
  static func text(
    _ rule: MetricRule, _ look: SequentialRule.Look, _ outcome: SequentialRule.Outcome, pairs: Int
  ) -> String {
    let estimate = Percent.worsening(look.estimate)
    let statistic = "z \(Percent.number(look.z)), limit \(Percent.number(look.limit))"
    let worst = Percent.worsening(look.equivalence.upper)
    switch outcome {
    case .regression:
      return "\(estimate) worse in \(pairs) pairs, above the margin of "
        + "\(Percent.text(rule.margin)), \(statistic)"
    case .improvement:
      return "\(Percent.worsening(-look.estimate)) better in \(pairs) pairs, above the margin of "
        + "\(Percent.text(rule.margin)), \(statistic)"
    case .equivalent:
      return "at most \(worst) worse after \(pairs) pairs (one-sided 97.5 %), "
        + "\(Percent.text(rule.effect)) would count"
    case .inconclusive, .environmentInvalid:
      return "\(estimate) worse in \(pairs) pairs, but up to \(worst) is possible and "
        + "\(Percent.text(rule.effect)) would count, \(statistic)"
    }
  }
}
