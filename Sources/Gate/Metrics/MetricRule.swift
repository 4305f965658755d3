import RealModule

/// A metric with the thresholds for a change of it.
public struct MetricRule: Hashable, Codable, Sendable {
  /// The metric; never exact counts.
  public let metric: Metric
  /// Share that the estimate must exceed to be a finding: 0.025 is 2.5 % worse.
  public let margin: Double
  /// Share that must be detected, and that equivalence rules out.
  public let effect: Double

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - metric: throughput, a percentile or a resource.
  ///   - margin: in 0.0005...effect; by default half of a given effect, otherwise 2.5 % for
  ///     throughput and 5 % for any other metric.
  ///   - effect: in 0.001...0.9; by default twice the margin.
  /// - Throws: `GateError` with code `metric`.
  public init(_ metric: Metric, margin: Double? = nil, effect: Double? = nil) throws(GateError) {
    if case .counts = metric {
      throw GateError(
        .metric, of: "metric", found: "\(metric)", allowed: "a time: counts have no margin")
    }
    let usual = metric == .throughput ? 0.025 : 0.05
    let chosen = margin ?? effect.map { $0 / 2 } ?? usual
    let wanted = effect ?? 2 * chosen
    guard (0.001...0.9).contains(wanted), (0.0005...wanted).contains(chosen) else {
      throw GateError(
        .metric, of: "\(metric)", found: "margin \(chosen), effect \(wanted)",
        allowed: "0.0005 <= margin <= effect, 0.001 <= effect <= 0.9")
    }
    self.metric = metric
    self.margin = chosen
    self.effect = wanted
  }

  /// The margin as a logarithm.
  public var logMargin: Double { Double.log(onePlus: margin) }

  /// The effect as a logarithm.
  public var logEffect: Double { Double.log(onePlus: effect) }

  /// Decodes a rule and validates it like a new one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode(Metric.self, forKey: .metric),
      margin: container.decode(Double.self, forKey: .margin),
      effect: container.decode(Double.self, forKey: .effect))
  }
}
