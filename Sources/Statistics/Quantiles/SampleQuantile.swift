/// A quantile of a sample of independent values, and an interval for the true one.
public enum SampleQuantile {
  /// Returns the value below or at which `fraction` of the values lie; of the median of an even
  /// number of values the mean of the middle two.
  ///
  /// - Parameters:
  ///   - fraction: in 0...1.
  ///   - sorted: at least one value, ascending.
  public static func estimate(_ fraction: Double, sorted: [Double]) -> Double {
    precondition((0...1).contains(fraction), "fraction \(fraction) lies outside 0...1")
    precondition(!sorted.isEmpty, "a quantile of nothing")
    if fraction == 0.5 { return median(sorted: sorted) }
    let rank = Int((Double(sorted.count) * fraction - 1e-9).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// Returns the middle value, or the mean of the middle two.
  public static func median(sorted: [Double]) -> Double {
    precondition(!sorted.isEmpty, "a median of nothing")
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// Returns the range between two of the values that contains the true quantile, regardless of the
  /// distribution.
  ///
  /// The values must be independent: single operations of one block are not, blocks are.
  ///
  /// - Parameters:
  ///   - fraction: in 0...1.
  ///   - sorted: ascending.
  ///   - confidence: two-sided, in 0.5..<1; half of the remainder on each side.
  /// Source: Conover, "Practical Nonparametric Statistics", 3.2; see `QuantileRanks`.
  public static func interval(
    _ fraction: Double, sorted: [Double], confidence: Double = 0.95
  ) -> ConfidenceInterval {
    let ranks = QuantileRanks(fraction: fraction, count: sorted.count, confidence: confidence)
    return ConfidenceInterval(
      lower: ranks.lower.map { sorted[$0 - 1] } ?? -.infinity,
      upper: ranks.upper.map { sorted[$0 - 1] } ?? .infinity, confidence: ranks.confidence)
  }
}
