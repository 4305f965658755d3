/// The centre of paired differences: an estimate that a few wild pairs do not move, and an interval
/// that needs no normal distribution.
///
/// Assumes differences that are independent and symmetric about their centre; the random order
/// within each pair makes them so when both sides are the same.
/// Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963); Hollander, Wolfe and
/// Chicken, "Nonparametric Statistical Methods", 3.2 and 3.3.
public struct HodgesLehmann: Hashable, Sendable {
  /// Up to so many pairs the interval follows from the exact distribution.
  public static let exactLimit = 50

  private let averages: WalshAverages

  /// Takes the differences, at least one; of ratios their logarithms.
  public init(_ differences: [Double]) {
    precondition(!differences.isEmpty, "an estimate of nothing")
    averages = WalshAverages(differences)
  }

  /// Number of differences.
  public var count: Int { averages.count }

  /// The estimate: the median of the Walsh averages.
  public var estimate: Double { SampleQuantile.median(sorted: averages.sorted) }

  /// Returns the two-sided interval.
  ///
  /// - Parameter confidence: in 0.5..<1. With too few pairs for it the bounds are infinite: 95 %
  ///   takes 6 pairs, 99 % takes 8.
  public func interval(confidence: Double) -> ConfidenceInterval {
    precondition((0.5..<1).contains(confidence), "confidence \(confidence) lies outside 0.5..<1")
    let tail = (1 - confidence) / 2
    guard count <= Self.exactLimit else {
      return interval(z: NormalDistribution.quantile(1 - tail))
    }
    let null = SignedRankDistribution(count: count)
    guard let dropped = null.largest(withTailAtMost: tail) else { return unbounded }
    return interval(dropping: dropped, confidence: 1 - 2 * null.atMost(dropped))
  }

  /// Returns the interval whose lower bound is above 0 exactly when the signed-rank statistic of
  /// the differences exceeds `z` (without ties and zeros).
  ///
  /// This is the interval of a sequential look: `z` is the look's limit. Its confidence is that of
  /// the normal distribution.
  ///
  /// - Parameter z: above 0. Few pairs can't reach a large one: then the bounds are infinite.
  public func interval(z: Double) -> ConfidenceInterval {
    precondition(z > 0, "z is \(z), must be above 0")
    let n = Double(count)
    let deviation = (n * (n + 1) * (2 * n + 1) / 24).squareRoot()
    // Half a rank: the correction for continuity, as in `SignedRankTest`.
    let dropped = (n * (n + 1) / 4 - z * deviation - 0.5).rounded(.down)
    guard dropped >= 0 else { return unbounded }
    return interval(
      dropping: Int(dropped), confidence: 1 - 2 * NormalDistribution.above(z))
  }

  private var unbounded: ConfidenceInterval {
    ConfidenceInterval(lower: -.infinity, upper: .infinity, confidence: 1)
  }

  /// Leaves out the outermost averages on both sides.
  private func interval(dropping dropped: Int, confidence: Double) -> ConfidenceInterval {
    let sorted = averages.sorted
    return ConfidenceInterval(
      lower: sorted[dropped], upper: sorted[sorted.count - 1 - dropped], confidence: confidence)
  }
}
