public import AssayModel

extension HistogramCounts {
  /// Returns the range between two recorded values that contains the true percentile, in
  /// nanoseconds.
  ///
  /// Valid for independent values. Operations of one block are autocorrelated, so for them it is
  /// too narrow: it describes one block, and never decides between two.
  ///
  /// - Parameters:
  ///   - fraction: in 0...1.
  ///   - confidence: two-sided, in 0.5..<1.
  /// - Complexity: O(number of buckets).
  /// Source: as `SampleQuantile.interval`.
  public func interval(_ fraction: Double, confidence: Double = 0.95) -> ConfidenceInterval {
    let ranks = QuantileRanks(fraction: fraction, count: Int(total), confidence: confidence)
    return ConfidenceInterval(
      lower: ranks.lower.map { Double(value(rank: UInt64($0))) } ?? -.infinity,
      upper: ranks.upper.map { Double(value(rank: UInt64($0))) } ?? .infinity,
      confidence: ranks.confidence)
  }

  /// Returns the counts of all, exactly as if one histogram had recorded all values.
  ///
  /// - Precondition: all have the same layout.
  public static func merged(_ histograms: some Sequence<HistogramCounts>) -> HistogramCounts {
    histograms.reduce(HistogramCounts()) { $0.merged(with: $1) }
  }

  private func value(rank: UInt64) -> UInt64 {
    var seen: UInt64 = 0
    for (value, count) in zip(values, counts) {
      seen += count
      if seen >= rank { return Swift.min(value, max) }
    }
    return max
  }
}
