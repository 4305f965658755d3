public import AssayModel

extension LatencyResult {
  /// A distribution in which some operations had not ended when measuring did.
  ///
  /// A right-censored value counts as its age: the true response time is at least as long, so every
  /// percentile and the maximum are at least what they would be without it. A percentile whose rank
  /// falls on a censored value is a lower bound and is named in `lowerBounds`, if it would be more
  /// than 1 % larger had those operations never ended; of a censored and an exact value in one
  /// bucket the exact one comes first.
  ///
  /// - Parameters:
  ///   - exact: acknowledged operations.
  ///   - ages: unacknowledged operations, by their last known age.
  public init(_ exact: HistogramCounts, censored ages: HistogramCounts) {
    guard ages.total > 0 else {
      self.init(exact)
      return
    }
    let all = exact.merged(with: ages)
    self.init(all)
    count = exact.total
    histogram = exact
    censored = ages.total
    censoredHistogram = ages
    var bounds: [String] = []
    for (name, fraction) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)]
    where all.isDecided(by: ages, fraction) && all.wouldGrow(without: exact, fraction) {
      bounds.append(name)
    }
    if ages.max > exact.max || exact.total == 0 { bounds.append("max") }
    lowerBounds = bounds.isEmpty ? nil : bounds
  }

  /// Returns true if a figure, by its name in results, is a lower bound.
  public func isLowerBound(_ name: String) -> Bool { lowerBounds?.contains(name) ?? false }

  /// All values, with the ages of operations that had not ended.
  public var withCensored: HistogramCounts {
    censoredHistogram.map { histogram.merged(with: $0) } ?? histogram
  }
}

extension HistogramCounts {
  /// Returns true if a percentile would be more than 1 % larger if all values but `exact` were
  /// infinite. So a single age among many values of its size makes no percentile uncertain.
  fileprivate func wouldGrow(without exact: HistogramCounts, _ fraction: Double) -> Bool {
    guard let value = percentile(fraction) else { return false }
    let rank = Swift.max(1, UInt64((Double(total) * fraction - 1e-6).rounded(.up)))
    var seen: UInt64 = 0
    for (bucket, count) in zip(exact.values, exact.counts) {
      seen += count
      if seen >= rank { return Double(bucket) > Double(value) * 1.01 }
    }
    return true
  }

  /// Returns true if the value at the rank of a percentile is one of `part`, whose values come last
  /// in their bucket; `false` if there are too few values for the percentile.
  fileprivate func isDecided(by part: HistogramCounts, _ fraction: Double) -> Bool {
    guard percentile(fraction) != nil else { return false }
    let rank = Swift.max(1, UInt64((Double(total) * fraction - 1e-6).rounded(.up)))
    var seen: UInt64 = 0
    for (value, count) in zip(values, counts) {
      guard seen + count >= rank else {
        seen += count
        continue
      }
      let place = part.values.firstIndex(of: value)
      return rank - seen > count - (place.map { part.counts[$0] } ?? 0)
    }
    return false
  }
}
