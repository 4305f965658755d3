public import Statistics

/// Rule that decides a metric at a look, from paired differences alone.
///
/// For n differences d, where more is worse, and the limit L of this look:
/// - *regression*: signed-rank z >= L, the lower bound of the Hodges-Lehmann interval at L above 0,
///   and the estimate above the margin. *Improvement* mirrors it.
/// - *equivalent*, before the last look: the upper bound at z = 1.96 below the margin. This is the
///   stop for futility: further pairs would hardly find a regression. It is not binding: the
///   false-alarm rate does not depend on it. It uses the limit of a single look, because at the
///   limit of an early look no bound is finite. The price is a chance of at most 2.5 % per look of
///   missing an effect as large as the margin, and far less of missing twice the margin.
/// - *equivalent*, at the last look: the upper bound at z = 1.96 below the effect.
/// - otherwise continue; at the last look *inconclusive*.
///
/// For the question of a difference (`compare`), equivalence also requires the mirrored lower
/// bound, so that an improvement is not cut off; for a worsening (`gate`), "not worse" is enough.
/// Source: O'Brien and Fleming (limits); Hodges and Lehmann (interval); Whitehead, "The Design and
/// Analysis of Sequential Clinical Trials" (futility).
public struct SequentialRule: Hashable, Sendable {
  /// Question that the rule answers.
  public enum Question: String, CaseIterable, Hashable, Codable, Sendable {
    /// Is the head worse?
    case worsening
    /// Is the head different?
    case difference
  }

  /// Outcome of a look.
  public enum Outcome: String, CaseIterable, Hashable, Codable, Sendable {
    /// The head is worse by more than the margin.
    case regression
    /// The head is better by more than the margin.
    case improvement
    /// The head is not worse by the effect; for the question of a difference, not better either.
    case equivalent
    /// The pairs do not decide the question.
    case inconclusive
    /// The machine was not fit for the measurement.
    case environmentInvalid
  }

  /// Evidence and decision of a look.
  public struct Look: Hashable, Sendable {
    /// Estimated logarithm of how much worse the head is.
    public var estimate: Double
    /// Interval of the estimate at the limit of this look.
    public var interval: ConfidenceInterval
    /// Signed-rank statistic.
    public var z: Double
    /// Limit that the statistic had to reach.
    public var limit: Double
    /// Interval of the estimate at z = 1.96, used to judge equivalence.
    public var equivalence: ConfidenceInterval
    /// The decision; `nil` if more pairs are needed.
    public var outcome: Outcome?
  }

  /// Limit used to judge equivalence: one-sided 2.5 %.
  public static let equivalenceLimit = 1.959964

  /// Logarithm of one plus the margin.
  public let logMargin: Double
  /// Logarithm of one plus the effect.
  public let logEffect: Double
  /// Question that the rule answers.
  public let question: Question

  /// Creates the rule for a metric.
  public init(_ rule: MetricRule, question: Question) {
    logMargin = rule.logMargin
    logEffect = rule.logEffect
    self.question = question
  }

  /// Statistics of the differences before a limit is chosen: the costly part of a look.
  struct Evidence: Sendable {
    let centre: HodgesLehmann
    let z: Double

    init(_ differences: [Double]) {
      centre = HodgesLehmann(differences)
      z = SignedRankTest(differences).z
    }
  }

  /// Judges the differences at a look.
  ///
  /// - Parameters:
  ///   - differences: at least one, finite.
  ///   - limit: limit of the normal statistic.
  ///   - isLast: true if no more pairs will come.
  public func judge(_ differences: [Double], limit: Double, isLast: Bool) -> Look {
    judge(Evidence(differences), limit: limit, isLast: isLast)
  }

  func judge(_ evidence: Evidence, limit: Double, isLast: Bool) -> Look {
    var look = Look(
      estimate: evidence.centre.estimate, interval: evidence.centre.interval(z: limit),
      z: evidence.z, limit: limit,
      equivalence: evidence.centre.interval(z: Self.equivalenceLimit))
    look.outcome = outcome(of: look, isLast: isLast)
    return look
  }

  private func outcome(of look: Look, isLast: Bool) -> Outcome? {
    if look.z >= look.limit, look.interval.lower > 0, look.estimate > logMargin {
      return .regression
    }
    if look.z <= -look.limit, look.interval.upper < 0, look.estimate < -logMargin {
      return .improvement
    }
    let bound = isLast ? logEffect : logMargin
    let isNotWorse = look.equivalence.upper < bound
    let isNotBetter = look.equivalence.lower > -bound
    if isNotWorse, isNotBetter || question == .worsening { return .equivalent }
    return isLast ? .inconclusive : nil
  }
}
