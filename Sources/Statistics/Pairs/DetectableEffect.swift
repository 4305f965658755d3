/// The smallest effect that a comparison of so many pairs finds.
///
/// The spread is read off the Hodges-Lehmann interval of recorded pairs, so no normal distribution
/// is assumed and a few wild pairs do not spoil it. It shrinks with the root of the number of
/// pairs.
/// Source: Lehmann, "Nonparametrics: Statistical Methods Based on Ranks", 2.5 (standard error from
/// the interval's length); Noether, Journal of the American Statistical Association 82 (1987), for
/// the sum of the two quantiles.
public struct DetectableEffect: Hashable, Sendable {
  /// Standard error of the estimate from one pair, in units of the differences.
  public let standardErrorOfOne: Double

  /// Learns the spread from paired differences; of ratios their logarithms.
  ///
  /// - Parameter differences: at least 8, because fewer have no 99 % interval.
  /// - Returns: `nil` of fewer.
  public init?(_ differences: [Double]) {
    guard differences.count >= 8 else { return nil }
    let z = 1.96
    let interval = HodgesLehmann(differences).interval(z: z)
    guard interval.lower.isFinite, interval.upper.isFinite else { return nil }
    let error = (interval.upper - interval.lower) / (2 * z)
    standardErrorOfOne = error * Double(differences.count).squareRoot()
  }

  /// Takes a known spread.
  public init(standardErrorOfOne: Double) {
    precondition(standardErrorOfOne >= 0, "a standard error of \(standardErrorOfOne)")
    self.standardErrorOfOne = standardErrorOfOne
  }

  /// Standard error of the estimate from so many pairs.
  public func standardError(pairs: Int) -> Double {
    precondition(pairs > 0, "\(pairs) pairs")
    return standardErrorOfOne / Double(pairs).squareRoot()
  }

  /// Returns the smallest difference that is found with probability `power`.
  ///
  /// - Parameters:
  ///   - z: limit of the last look; 2.576 is one-sided 0.5 % without looks.
  ///   - margin: value that the estimate must additionally exceed.
  ///   - power: in 0.5..<1.
  ///   - pairs: largest number of pairs, at least 1.
  public func smallest(z: Double, margin: Double = 0, power: Double = 0.95, pairs: Int) -> Double {
    precondition((0.5..<1).contains(power), "power \(power) lies outside 0.5..<1")
    let error = standardError(pairs: pairs)
    return max(z * error, margin) + NormalDistribution.quantile(power) * error
  }

  /// Returns the number of pairs from which on a difference is found with probability `power`;
  /// `nil` when it does not exceed the margin.
  ///
  /// Parameters as for `smallest`.
  public func pairs(
    toFind difference: Double, z: Double, margin: Double = 0, power: Double = 0.95
  ) -> Int? {
    precondition((0.5..<1).contains(power), "power \(power) lies outside 0.5..<1")
    guard difference > margin, difference > 0 else { return nil }
    let quantile = NormalDistribution.quantile(power)
    let root = max(
      (z + quantile) * standardErrorOfOne / difference,
      quantile * standardErrorOfOne / (difference - margin))
    return max(1, Int((root * root).rounded(.up)))
  }
}
