import RealModule

/// Ratio of head to base in the usual notation: `-21.4 %` of throughput, `25.5 x slower`.
///
/// Up to a factor of two it is a signed percentage of the base; beyond that, a factor. The factor
/// of a timed metric is followed by its direction, faster or slower, because it is never below 1.
public struct Change: Equatable, Sendable {
  /// The metric that changed.
  public var metric: Metric
  /// Ratio of head to base, in the metric's own direction; above 0.
  public var ratio: Double
  /// Bounds of the ratio, the lower one first; `nil` if unknown.
  public var interval: ClosedRange<Double>?
  /// True if the interval is a plain 95 % one, because no look gave one.
  public var isUnadjusted: Bool

  /// Creates a change.
  public init(
    _ metric: Metric, ratio: Double, interval: ClosedRange<Double>? = nil,
    isUnadjusted: Bool = false
  ) {
    self.metric = metric
    self.ratio = ratio
    self.interval = interval
    self.isUnadjusted = isUnadjusted
  }

  /// Creates a change from the logarithm of how much worse the head is.
  init(_ metric: Metric, worsening logarithm: Double) {
    self.init(metric, ratio: Self.ratio(ofWorsening: logarithm, metric))
  }

  /// Returns the ratio of head to base for the logarithm of how much worse the head is.
  static func ratio(ofWorsening logarithm: Double, _ metric: Metric) -> Double {
    Double.exp(metric.isBetterHigher ? -logarithm : logarithm)
  }

  /// The ratio alone, such as `-21.4 %`.
  public var estimate: String {
    guard isFactor else { return Percent.signed(ratio - 1) }
    guard isTimed else { return factor(ratio) }
    let isFaster = (ratio > 1) == metric.isBetterHigher
    return "\(factor(max(ratio, 1 / ratio))) \(isFaster ? "faster" : "slower")"
  }

  /// The bounds in the form of the estimate, such as `-23.0 % to -19.8 %`; `nil` if unknown.
  public var bounds: String? {
    guard let interval else { return nil }
    guard isFactor else {
      return Percent.signed(interval.lowerBound - 1) + " to "
        + Percent.signed(interval.upperBound - 1)
    }
    let isInverse = isTimed && ratio < 1
    let ends = [interval.lowerBound, interval.upperBound].map { isInverse ? 1 / $0 : $0 }.sorted()
    return ends.map(factor).joined(separator: " to ")
  }

  /// True beyond a factor of two, where percentages are hard to read.
  private var isFactor: Bool { ratio >= 2 || ratio <= 0.5 }

  private var isTimed: Bool { metric.isTimed }

  private func factor(_ value: Double) -> String { "\(Percent.significant(value)) x" }
}

extension Change: CustomStringConvertible {
  /// The estimate with its interval, such as `-5.20 % (-6.90 % to -3.40 %)`.
  public var description: String {
    guard let bounds else { return estimate }
    return "\(estimate) (\(bounds)\(isUnadjusted ? ", plain 95 %" : ""))"
  }
}

extension MetricDecision {
  /// Ratio of head to base with its interval; `nil` if nothing was measured.
  public var change: Change? {
    guard let ratio else { return nil }
    var interval: ClosedRange<Double>?
    if let lower = lowerRatio, let upper = upperRatio, lower <= upper { interval = lower...upper }
    return Change(
      rule.metric, ratio: ratio, interval: interval, isUnadjusted: isUnadjusted == true)
  }
}
