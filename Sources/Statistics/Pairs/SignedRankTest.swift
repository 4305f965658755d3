/// Whether paired differences lie above or below zero, by the ranks of their sizes.
///
/// Source: Wilcoxon, Biometrics 1 (1945); zeros and ties as in `SignedRanks`; the correction for
/// continuity: Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3.1.
public struct SignedRankTest: Hashable, Sendable {
  /// Up to so many differences p is exact.
  public static let exactLimit = 50

  /// Sum of the ranks of the positive differences.
  public let positiveRankSum: Double
  /// Normal statistic with correction for continuity; above zero when the differences are. 0 when
  /// all differences are zero.
  public let z: Double
  /// Probability of a sum as large or larger when the centre is zero: small says "above zero".
  public let above: Double
  /// Probability of a sum as small or smaller when the centre is zero: small says "below zero".
  public let below: Double

  /// Tests the differences; none at all say nothing: p is 1.
  ///
  /// - Parameter differences: numbers; infinite ones have the highest rank.
  public init(_ differences: [Double]) {
    precondition(!differences.contains(where: \.isNaN), "a difference is not a number")
    let ranks = SignedRanks(differences)
    positiveRankSum = Double(ranks.doubledPositive) / 2
    let surplus = positiveRankSum - Double(ranks.doubledTotal) / 4
    let deviation = ranks.variance.squareRoot()
    func standardised(_ surplus: Double) -> Double { deviation > 0 ? surplus / deviation : 0 }
    z =
      surplus > 0
      ? standardised(max(0, surplus - 0.5)) : standardised(min(0, surplus + 0.5))
    if ranks.doubledRanks.isEmpty {
      (above, below) = (1, 1)
    } else if ranks.doubledRanks.count <= Self.exactLimit {
      let null = SignedRankDistribution(doubledRanks: ranks.doubledRanks)
      above = null.atLeast(doubled: ranks.doubledPositive)
      below = null.atMost(doubled: ranks.doubledPositive)
    } else {
      above = NormalDistribution.above(standardised(surplus - 0.5))
      below = NormalDistribution.below(standardised(surplus + 0.5))
    }
  }

  /// Probability of a sum as far from its mean on either side.
  public var twoSided: Double { min(1, 2 * min(above, below)) }
}
