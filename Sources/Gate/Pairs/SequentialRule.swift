public import Statistics

/// The rule that decides a metric at a look, from paired differences alone.
///
/// With d the differences, more being worse, n of them, and L the limit of this look:
/// - *regression*: signed-rank z >= L, the lower bound of the Hodges-Lehmann interval at L above 0,
///   and the estimate above the margin. *Improvement* mirrors it.
/// - *equivalent*, before the last look: the upper bound at z = 1.96 below the margin. That is the
///   stop for futility: going on would hardly find a regression. It is not binding: nothing in the
///   false-alarm rate rests on it. Its own limit is that of one look, because at the limit of an
///   early look no bound is finite. The price is at most 2.5 % a look of missing an effect as large
///   as the margin, and far less of missing twice the margin.
/// - *equivalent*, at the last look: the upper bound at z = 1.96 below the effect.
/// - otherwise go on; at the last look *inconclusive*.
///
/// Asked for a difference (`compare`), equivalence takes the lower bound as well, mirrored, so that
/// an improvement is not cut off; asked for a worsening (`gate`), "not worse" is enough.
/// Source: O'Brien and Fleming (limits); Hodges and Lehmann (interval); Whitehead, "The Design and
/// Analysis of Sequential Clinical Trials" (futility).
public struct SequentialRule: Hashable, Sendable {
  /// What is asked.
  public enum Question: String, CaseIterable, Hashable, Codable, Sendable {
    /// Is the head worse?
    case worsening
    /// Is the head different?
    case difference
  }

  /// What a look found.
  public enum Outcome: String, CaseIterable, Hashable, Codable, Sendable {
    /// The head is worse by more than the margin.
    case regression
    /// The head is better by more than the margin.
    case improvement
    /// The head is not worse by the effect; asked for a difference, neither better.
    case equivalent
    /// The pairs do not tell.
    case inconclusive
    /// The machine was not fit to tell.
    case environmentInvalid
  }

  /// What a look saw.
  public struct Look: Hashable, Sendable {
    /// The estimate of the logarithm of how much worse the head is.
    public var estimate: Double
    /// Its interval at the limit of this look.
    public var interval: ConfidenceInterval
    /// Signed-rank statistic.
    public var z: Double
    /// Limit that it had to reach.
    public var limit: Double
    /// Its interval at z = 1.96, which equivalence is judged by.
    public var equivalence: ConfidenceInterval
    /// The decision; `nil` when more pairs are needed.
    public var outcome: Outcome?
  }

  /// The limit that equivalence is judged by: one-sided 2.5 %.
  public static let equivalenceLimit = 1.959964

  /// Logarithm of one plus the margin.
  public let logMargin: Double
  /// Logarithm of one plus the effect.
  public let logEffect: Double
  /// What is asked.
  public let question: Question

  /// Creates the rule of a metric.
  public init(_ rule: MetricRule, question: Question) {
    logMargin = rule.logMargin
    logEffect = rule.logEffect
    self.question = question
  }

  /// What differences say before a limit is chosen: the costly part of a look.
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
  ///   - limit: of the normal statistic.
  ///   - isLast: whether no more pairs will come.
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
