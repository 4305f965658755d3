import Statistics

/// The sentence that says why a metric was decided so.
enum DecisionReason {
  static func text(
    _ rule: MetricRule, _ look: SequentialRule.Look, _ outcome: SequentialRule.Outcome, pairs: Int
  ) -> String {
    let estimate = change(look.estimate)
    let statistic = "z \(Percent.number(look.z)), limit \(Percent.number(look.limit))"
    switch outcome {
    case .regression, .improvement:
      return "\(estimate) in \(pairs) pairs, above the margin of "
        + "\(Percent.text(rule.margin)), \(statistic)"
    case .equivalent:
      let bound = look.equivalence.upper < 0 ? "at least" : "at most"
      return "\(bound) \(change(look.equivalence.upper)) after \(pairs) pairs "
        + "(one-sided 97.5 %), \(Percent.text(rule.effect)) would count"
    case .inconclusive, .environmentInvalid:
      return "\(estimate) in \(pairs) pairs, but \(change(look.equivalence.upper)) is possible and "
        + "\(Percent.text(rule.effect)) would count, \(statistic)"
    }
  }

  /// A logarithm of how much worse something is, such as `3.05 % worse` or `2.00 % better`.
  static func change(_ logarithm: Double) -> String {
    logarithm < 0
      ? "\(Percent.worsening(-logarithm)) better" : "\(Percent.worsening(logarithm)) worse"
  }
}
