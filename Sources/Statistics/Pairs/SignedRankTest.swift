/// A test of whether paired differences lie above or below zero, by the ranks of their sizes.
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
  private let doubledRanks: [Int]
  private let doubledPositive: Int
  private let surplus: Double
  private let deviation: Double

  /// Tests the differences; without any, there is no evidence: p is 1.
  ///
  /// - Parameter differences: numbers; infinite ones have the highest rank.
  public init(_ differences: [Double]) {
    precondition(!differences.contains(where: \.isNaN), "a difference is not a number")
    let ranks = SignedRanks(differences)
    doubledRanks = ranks.doubledRanks
    doubledPositive = ranks.doubledPositive
    positiveRankSum = Double(ranks.doubledPositive) / 2
    surplus = positiveRankSum - Double(ranks.doubledTotal) / 4
    deviation = ranks.variance.squareRoot()
    let corrected = surplus > 0 ? max(0, surplus - 0.5) : min(0, surplus + 0.5)
    z = deviation > 0 ? corrected / deviation : 0
  }

  /// Probability of a sum as large or larger if the centre is zero: small means "above zero".
  ///
  /// - Complexity: of up to `exactLimit` differences O(n^3), else O(1).
  public var above: Double {
    guard !doubledRanks.isEmpty else { return 1 }
    if let null { return null.atLeast(doubled: doubledPositive) }
    return NormalDistribution.above((surplus - 0.5) / deviation)
  }

  /// Probability of a sum as small or smaller if the centre is zero: small means "below zero".
  ///
  /// - Complexity: as `above`.
  public var below: Double {
    guard !doubledRanks.isEmpty else { return 1 }
    if let null { return null.atMost(doubled: doubledPositive) }
    return NormalDistribution.below((surplus + 0.5) / deviation)
  }

  private var null: SignedRankDistribution? {
    doubledRanks.count <= Self.exactLimit
      ? SignedRankDistribution(doubledRanks: doubledRanks) : nil
  }

  /// Probability of a sum as far from its mean on either side.
  public var twoSided: Double { min(1, 2 * min(above, below)) }
}
