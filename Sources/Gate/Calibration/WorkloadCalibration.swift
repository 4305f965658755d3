import AssayModel
import RealModule
import Statistics

/// Result of base against base for one workload.
public struct WorkloadCalibration: Hashable, Codable, Sendable {
  /// Name of the workload.
  public var name: String
  /// Digest of the workload.
  public var workloadDigest: String
  /// Number of recorded pairs.
  public var pairs: Int
  /// One entry per metric.
  public var metrics: [MetricCalibration]

  /// Judges recorded pairs of base against base.
  ///
  /// - Parameters:
  ///   - name: name of the workload.
  ///   - workloadDigest: digest of the workload.
  ///   - plan: plan that a gate would use.
  ///   - pairs: recorded pairs, at least 20.
  ///   - gates: number of gates to play for each metric.
  /// - Throws: `GateError` with code `results` if there are too few pairs.
  public init(
    name: String, workloadDigest: String, plan: ComparisonPlan, pairs: [BlockPair], gates: Int
  ) throws(GateError) {
    guard pairs.count >= 20 else {
      throw GateError(
        .results, of: "calibration", found: "\(pairs.count) pairs", allowed: "at least 20")
    }
    self.name = name
    self.workloadDigest = workloadDigest
    self.pairs = pairs.count
    var metrics: [MetricCalibration] = []
    for rule in plan.rules {
      metrics.append(
        try MetricCalibration(rule, plan: plan, pairs: pairs, gates: gates))
    }
    self.metrics = metrics
  }
}

/// Result of base against base for one metric.
public struct MetricCalibration: Hashable, Codable, Sendable {
  /// The metric with its margin and effect.
  public var rule: MetricRule
  /// Robust standard deviation of the logarithm of the base's blocks, in the order of measurement.
  public var blockSpread: Double
  /// Autocorrelation of neighbouring blocks, in -1...1.
  public var autocorrelation: Double
  /// Robust standard deviation of the logarithm of the ratio within pairs.
  public var pairSpread: Double
  /// Number of gates played on resampled pairs.
  public var gates: Int
  /// Number of those gates that reported a regression.
  public var falseAlarms: Int
  /// One-sided 95 % upper bound of the false-alarm rate.
  public var falseAlarmBound: Double
  /// Share of played gates that detect the wanted effect.
  public var power: Double
  /// Smallest worsening that is detected with a probability of 95 %, as a share; `nil` if unknown.
  public var smallestDetectable: Double?
  /// Reason why this metric can't be gated on this machine; `nil` if it can.
  public var obstacle: String?

  /// True if this metric can be gated on this machine.
  public var isGateable: Bool { obstacle == nil }

  /// Probability with which the wanted effect must be detected.
  public static let wantedPower = 0.95

  init(
    _ rule: MetricRule, plan: ComparisonPlan, pairs: [BlockPair], gates: Int
  ) throws(GateError) {
    self.rule = rule
    (blockSpread, autocorrelation) = Self.blocks(rule.metric, pairs.map(\.base))
    self.gates = 0
    (pairSpread, falseAlarms, falseAlarmBound, power) = (0, 0, 1, 0)
    switch LogRatios(rule.metric, of: pairs) {
    case .notHeld(let reason): obstacle = reason
    case .values(let differences):
      pairSpread = Spread.robust(differences)
      try play(differences, plan, gates)
      obstacle = judged
    }
  }

  private mutating func play(
    _ differences: [Double], _ plan: ComparisonPlan, _ count: Int
  ) throws(GateError) {
    let gate = try ResampledGate(
      rules: [rule], question: plan.question, limits: plan.limits, series: [differences])
    let seed = plan.seed.derived("calibration").derived(rule.metric.description)
    let quiet = gate.play(gates: count, flips: true, seed: seed.derived("quiet"))
    gates = quiet.gates
    falseAlarms = quiet.regressions
    falseAlarmBound = quiet.regressionBound()
    power =
      gate.play(
        gates: count, shift: rule.logEffect, flips: true, seed: seed.derived("planted")
      ).regressionShare
    let looks = plan.limits.looks
    let limit = plan.limits.limit(look: looks.count - 1, found: 0)
    smallestDetectable = DetectableEffect(differences).map {
      Double.expMinusOne(
        $0.smallest(
          z: limit, margin: rule.logMargin, power: Self.wantedPower, pairs: looks[looks.count - 1]
        ))
    }
  }

  private var judged: String? {
    guard let smallestDetectable else { return "the pairs are too few for their spread" }
    let wanted = Percent.text(rule.effect)
    if smallestDetectable > rule.effect {
      return "not gateable here: finds \(Percent.text(smallestDetectable)) at best, wanted "
        + wanted
    }
    if gates > 0, power < Self.wantedPower {
      return "not gateable here: finds \(wanted) in \(Percent.text(power)) of gates"
    }
    return nil
  }

  private static func blocks(
    _ metric: Metric, _ blocks: [BlockMeasurement]
  ) -> (spread: Double, autocorrelation: Double) {
    let logs = blocks.compactMap { block -> Double? in
      guard case .value(let value) = metric.reading(in: block), value > 0 else { return nil }
      return Double.log(value)
    }
    return (Spread.robust(logs), Spread.autocorrelation(logs))
  }
}
