public import AssayModel

extension HistogramCounts {
  /// Returns the latency below or at which `fraction` of the values lie.
  ///
  /// A percentile is supported if at least one value may lie beyond it, that is if
  /// `total * (1 - fraction) >= 1`: p99 takes 100 values, p99.9 takes 1,000. With fewer it would
  /// only be another name for the maximum. (Comparing two runs takes ten times as many.)
  ///
  /// - Parameter fraction: in 0...1; 0.99 is p99. 1 is the maximum and needs one value.
  /// - Returns: upper edge of the bucket, but never above the exact maximum (relative error at
  ///   most 1/1000), or `nil` when too few values were recorded.
  /// - Complexity: O(number of buckets).
  /// Source: Tene, HdrHistogram, `getValueAtPercentile`.
  public func percentile(_ fraction: Double) -> UInt64? {
    precondition((0...1).contains(fraction), "fraction \(fraction) lies outside 0...1")
    let total = self.total
    guard total > 0 else { return nil }
    guard fraction < 1 else { return max }
    // 1 - 0.9 is a little less than 0.1: without the allowance ten values would not support p90.
    guard Double(total) * (1 - fraction) >= 1 - 1e-6 else { return nil }
    let rank = Swift.max(1, UInt64((Double(total) * fraction - 1e-6).rounded(.up)))
    var seen: UInt64 = 0
    for (value, count) in zip(values, counts) {
      seen += count
      if seen >= rank { return Swift.min(value, max) }
    }
    return max
  }

  /// Returns the counts of both, exactly as if one histogram had recorded all values.
  ///
  /// - Precondition: both have the same layout.
  /// - Complexity: O(number of buckets of both).
  public func merged(with other: HistogramCounts) -> HistogramCounts {
    precondition(
      significantDigits == other.significantDigits,
      "\(significantDigits) and \(other.significantDigits) significant digits")
    if other.values.isEmpty { return self }
    if values.isEmpty { return other }
    var merged = HistogramCounts(
      significantDigits: significantDigits, min: Swift.min(min, other.min),
      max: Swift.max(max, other.max))
    var (here, there) = (0, 0)
    while here < values.count || there < other.values.count {
      let mine = here < values.count ? values[here] : .max
      let theirs = there < other.values.count ? other.values[there] : .max
      let value = Swift.min(mine, theirs)
      var count: UInt64 = 0
      if here < values.count, mine == value {
        count += counts[here]
        here += 1
      }
      if there < other.values.count, theirs == value {
        count += other.counts[there]
        there += 1
      }
      merged.values.append(value)
      merged.counts.append(count)
    }
    return merged
  }
}

extension LatencyResult {
  /// A distribution with the percentiles that its values can support.
  public init(_ counts: HistogramCounts) {
    let total = counts.total
    self.init(
      count: total, p50: counts.percentile(0.5), p90: counts.percentile(0.9),
      p99: counts.percentile(0.99), p999: counts.percentile(0.999),
      max: total > 0 ? counts.max : nil, histogram: counts)
  }
}
