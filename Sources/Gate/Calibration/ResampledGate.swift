public import AssayModel
import Statistics

/// Replays the decision rule many times on recorded pairs.
///
/// A gate takes minutes, so its false-alarm rate and its power can't be counted by running it
/// thousands of times. Instead, pairs are drawn from a recording in runs of neighbours, which keeps
/// bursts and drifts of the machine in the sample, and the same rule that decides a real gate
/// decides the drawn one. With base against base, each regression is a false alarm; with base
/// against a slower head, each one is a hit.
public struct ResampledGate: Sendable {
  /// Outcome counts over many gates.
  public struct Tally: Hashable, Codable, Sendable {
    /// Number of gates.
    public var gates = 0
    /// Gates in which at least one metric regressed.
    public var regressions = 0
    /// Gates in which none regressed and at least one improved.
    public var improvements = 0
    /// Gates in which nothing changed and at least one metric stayed inconclusive.
    public var inconclusive = 0
    /// Gates in which all metrics were equivalent.
    public var equivalent = 0
    /// Number of pairs over all gates.
    public var pairs = 0

    /// Creates an empty tally.
    public init() {}

    /// Share of gates with a regression.
    public var regressionShare: Double {
      gates > 0 ? Double(regressions) / Double(gates) : 0
    }

    /// Returns the one-sided upper bound of the probability of a regression; about 3 divided by the
    /// number of gates if there was none, 1 without gates.
    public func regressionBound(confidence: Double = 0.95) -> Double {
      gates == 0
        ? 1
        : ProportionInterval.upperBound(
          successes: regressions, trials: gates, confidence: confidence)
    }

    /// Mean number of pairs per gate.
    public var pairsPerGate: Double { gates > 0 ? Double(pairs) / Double(gates) : 0 }
  }

  /// Default length of a run of neighbouring pairs that are drawn together.
  public static let usualRun = 10

  private let rules: [MetricRule]
  private let question: SequentialRule.Question
  private let limits: LimitTable
  private let series: [[Double]]

  /// Creates a gate from recorded paired differences: one series per metric, all of the same
  /// length.
  ///
  /// - Throws: `GateError` with code `results` if there are none, or if the series differ in
  ///   length.
  public init(
    rules: [MetricRule], question: SequentialRule.Question, limits: LimitTable,
    series: [[Double]]
  ) throws(GateError) {
    let lengths = Set(series.map(\.count))
    guard series.count == rules.count, lengths.count == 1, lengths.first != 0 else {
      throw GateError(
        .results, of: "recording", found: "\(series.map(\.count)) differences",
        allowed: "\(rules.count) series of the same length, at least 1")
    }
    self.rules = rules
    self.question = question
    self.limits = limits
    self.series = series
  }

  /// Creates a gate from the recorded pairs of a comparison.
  ///
  /// - Throws: `GateError` with code `results` if the blocks do not hold a metric.
  public init(_ plan: ComparisonPlan, pairs: [BlockPair]) throws(GateError) {
    var series: [[Double]] = []
    for rule in plan.rules {
      switch LogRatios(rule.metric, of: pairs) {
      case .values(let differences): series.append(differences)
      case .notHeld(let reason):
        throw GateError(
          .results, of: "\(rule.metric)", found: reason, allowed: "blocks that hold it")
      }
    }
    try self.init(
      rules: plan.rules, question: plan.question, limits: plan.limits, series: series)
  }

  /// Plays gates and tallies their outcomes.
  ///
  /// - Parameters:
  ///   - gates: number of gates.
  ///   - run: number of neighbouring pairs that are drawn together.
  ///   - shift: logarithm of a planted worsening, added to every difference. 0 plays the recording
  ///     as it is.
  ///   - flips: true to give each drawn pair a random sign, which is the effect of the random order
  ///     within pairs of equal sides. Only for base against base.
  ///   - seed: seed of the draws.
  public func play(
    gates: Int, run: Int = ResampledGate.usualRun, shift: Double = 0, flips: Bool = false,
    seed: Seed
  ) -> Tally {
    var tally = Tally()
    for gate in 0..<gates {
      var generator = SeededGenerator(seed.derived("gate", gate))
      let last = limits.looks[limits.looks.count - 1]
      let places = BlockBootstrap.places(
        last, of: series[0].count, run: run, using: &generator)
      let signs = places.map { _ in flips && generator.below(2) == 0 ? -1.0 : 1.0 }
      let drawn = series.map { values in
        zip(places, signs).map { values[$0] * $1 + shift }
      }
      let (outcomes, pairs) = decide(drawn)
      tally.gates += 1
      tally.pairs += pairs
      if outcomes.contains(.regression) {
        tally.regressions += 1
      } else if outcomes.contains(.improvement) {
        tally.improvements += 1
      } else if outcomes.contains(.inconclusive) {
        tally.inconclusive += 1
      } else {
        tally.equivalent += 1
      }
    }
    return tally
  }

  /// Decides one gate as `PairedComparison` does, but without blocks.
  func decide(_ drawn: [[Double]]) -> (outcomes: [SequentialRule.Outcome], pairs: Int) {
    var race = DecisionRace(rules: rules, question: question, limits: limits)
    for look in limits.looks.indices {
      let pairs = limits.looks[look]
      race.look { index in .values(Array(drawn[index].prefix(pairs))) }
      if race.isDecided { break }
    }
    return (race.outcomes, limits.looks[race.looks - 1])
  }
}
