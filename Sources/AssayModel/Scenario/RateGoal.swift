/// Goal of the search for the highest rate: a percentile of the response time, waiting included,
/// that stays within a bound.
public struct RateGoal: Hashable, Codable, Sendable {
  /// Percentiles that may be requested, by name.
  public static let percentiles: [(name: String, fraction: Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999),
  ]

  /// Name of the percentile, such as `p99`; one of `percentiles`.
  public var percentile: String
  /// Upper bound on the percentile; above 0.
  public var bound: Nanoseconds

  /// Creates a goal; `nil` for a percentile of another name.
  public init?(_ percentile: String, atMost bound: Nanoseconds) {
    guard Self.percentiles.contains(where: { $0.name == percentile }) else { return nil }
    self.percentile = percentile
    self.bound = bound
  }

  /// The percentile as a share in 0...1.
  public var fraction: Double {
    Self.percentiles.first { $0.name == percentile }?.fraction ?? 0.99
  }
}
