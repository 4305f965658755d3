/// Percentiles that can be compared.
public enum Percentile: String, CaseIterable, Hashable, Codable, Sendable {
  /// The median.
  case p50
  /// 90 of 100 operations are below.
  case p90
  /// 99 of 100 operations are below.
  case p99
  /// 999 of 1,000 operations are below.
  case p999 = "p99.9"

  /// Share of operations below, in 0...1.
  public var fraction: Double {
    switch self {
    case .p50: 0.5
    case .p90: 0.9
    case .p99: 0.99
    case .p999: 0.999
    }
  }
}
