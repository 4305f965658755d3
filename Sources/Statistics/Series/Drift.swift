/// The trend of a series over a run: its direction, size and significance.
///
/// Source: Mann, Econometrica 13 (1945); Kendall, "Rank Correlation Methods"; the slope: Sen,
/// Journal of the American Statistical Association 63 (1968).
public struct Drift: Hashable, Sendable {
  /// Median slope between any two values, per step.
  public let slope: Double
  /// Normal statistic of Mann and Kendall with correction for continuity and ties; above zero
  /// when the series rises.
  public let z: Double

  /// Examines a series.
  ///
  /// The statistic assumes independent values: correlated neighbours make a drift look more certain
  /// than it is.
  ///
  /// - Parameter values: in order, at least 4, equally far apart.
  /// - Returns: `nil` for fewer.
  /// - Complexity: O(n^2 log n).
  public init?(_ values: [Double]) {
    guard values.count >= 4 else { return nil }
    var (surplus, slopes) = (0, [Double]())
    slopes.reserveCapacity(values.count * (values.count - 1) / 2)
    for later in values.indices {
      for earlier in 0..<later {
        let rise = values[later] - values[earlier]
        surplus += rise > 0 ? 1 : rise < 0 ? -1 : 0
        slopes.append(rise / Double(later - earlier))
      }
    }
    slopes.sort()
    slope = SampleQuantile.median(sorted: slopes)
    z = Self.statistic(surplus, values)
  }

  private static func statistic(_ surplus: Int, _ values: [Double]) -> Double {
    func weight(_ n: Double) -> Double { n * (n - 1) * (2 * n + 5) }
    var ties: [Double: Int] = [:]
    for value in values { ties[value, default: 0] += 1 }
    // The order in which whole numbers are added does not matter.
    let tied = ties.values.reduce(0) { $0 + weight(Double($1)) }
    let variance = (weight(Double(values.count)) - tied) / 18
    guard variance > 0, surplus != 0 else { return 0 }
    return Double(surplus - surplus.signum()) / variance.squareRoot()
  }

  /// Probability of a statistic as far from zero when the series does not drift.
  public var twoSided: Double { 2 * NormalDistribution.above(abs(z)) }
}
