import RealModule

/// A metric with what counts as a change of it.
public struct MetricRule: Hashable, Codable, Sendable {
  /// The metric; a time.
  public let metric: Metric
  /// What an estimate must exceed to be a finding, as a share: 0.025 is 2.5 % worse.
  public let margin: Double
  /// What must be found, and what equivalence rules out, as a share.
  public let effect: Double

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - metric: throughput, a percentile or a resource.
  ///   - margin: in 0.001...effect; by default 2.5 % of throughput, 5 % of anything else, or half
  ///     the effect that is given.
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

  /// Reads a rule, checked as a new one is.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode(Metric.self, forKey: .metric),
      margin: container.decode(Double.self, forKey: .margin),
      effect: container.decode(Double.self, forKey: .effect))
  }
}
