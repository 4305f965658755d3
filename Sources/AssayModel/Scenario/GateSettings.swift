/// The `gate:` section of a scenario: the metrics that a gate compares, and its margins.
public struct GateSettings: Hashable, Codable, Sendable {
  /// Margin that the estimate of a metric must exceed to be a finding.
  public struct Margin: Hashable, Codable, Sendable {
    /// Metric, such as `throughput`; `p99` applies to every kind of operation.
    public var metric: String
    /// Margin as a share: 0.025 is 2.5 %.
    public var share: Double

    /// Creates a margin.
    public init(metric: String, share: Double) {
      self.metric = metric
      self.share = share
    }
  }

  /// Metrics to compare, such as `p99(store)`; empty for throughput and p99 of the main operation.
  public var metrics: [String] = []
  /// Margins of metrics that do not use the default margin.
  public var margins: [Margin] = []
  /// Rate at which percentiles are measured; `nil` for the load's own, or 70 % of the base's
  /// capacity if the load is a closed loop.
  public var rate: LoadSettings.Rate?
  /// Number of scripted operations whose counts are compared exactly; 0 for none.
  public var countedOperations = 2_000

  /// Creates the defaults.
  public init() {}

  /// Splits a metric into its word and the kind of operation, such as `p99` and `store`.
  ///
  /// - Returns: `nil` for a text that is no metric of a gate.
  public static func parts(of metric: String) -> (word: String, kind: String?)? {
    let words = ["throughput", "p50", "p90", "p99", "p99.9", "memory", "disk", "wal"]
    guard let open = metric.firstIndex(of: "(") else {
      return words.contains(metric) ? (metric, nil) : nil
    }
    let word = String(metric[..<open])
    let kind = metric[metric.index(after: open)...].dropLast()
    let isPlain = kind.utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a || $0 == 0x5f }
    guard words.contains(word), word.hasPrefix("p"), metric.hasSuffix(")"), !kind.isEmpty, isPlain
    else { return nil }
    return (word, String(kind))
  }
}
