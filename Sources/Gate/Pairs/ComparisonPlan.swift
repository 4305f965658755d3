public import AssayModel

/// Plan for the comparison of two sides of one workload.
public struct ComparisonPlan: Hashable, Sendable {
  /// Default looks, as numbers of pairs, that the method was chosen with.
  public static let usualLooks = [20, 40, 70, 100]
  /// Probability of a false regression in a whole run. The probability of a false improvement is
  /// the same, so both together are 1 %.
  public static let usualAlpha = 0.005

  /// Metrics to compare, with their thresholds; at least one.
  public let rules: [MetricRule]
  /// Question that the comparison answers.
  public let question: SequentialRule.Question
  /// Limits for every look and number of findings; covers all questions of the run.
  public let limits: LimitTable
  /// Thresholds for a bad environment.
  public let thresholds: EnvironmentGuard.Thresholds
  /// Seed of the order within pairs.
  public let seed: Seed

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - rules: at least one, each metric once.
  ///   - question: `worsening` for a gate, `difference` for a comparison.
  ///   - limits: limits of the run, for at least as many questions as there are rules. By default
  ///     those of a run with this workload alone.
  ///   - thresholds: thresholds for a bad environment.
  ///   - seed: seed of the order within pairs.
  /// - Throws: `GateError` with code `plan`.
  public init(
    rules: [MetricRule], question: SequentialRule.Question, limits: LimitTable? = nil,
    thresholds: EnvironmentGuard.Thresholds = .init(), seed: Seed
  ) throws(GateError) {
    func wrong(_ found: String, _ allowed: String) -> GateError {
      GateError(.plan, of: "comparison", found: found, allowed: allowed)
    }
    guard !rules.isEmpty else { throw wrong("no metric", "at least one") }
    let metrics = rules.map(\.metric)
    guard Set(metrics).count == metrics.count else {
      throw wrong("a metric twice in \(metrics.map(\.description))", "each once")
    }
    let limits =
      limits
      ?? LimitTable(looks: Self.usualLooks, alpha: Self.usualAlpha, questions: rules.count)
    guard limits.questions >= rules.count else {
      throw wrong("\(rules.count) metrics", "at most the run's \(limits.questions) questions")
    }
    self.rules = rules
    self.question = question
    self.limits = limits
    self.thresholds = thresholds
    self.seed = seed
  }

  /// Returns the order of a pair, which depends only on the seed and the pair's number.
  public func order(ofPair number: Int) -> PairOrder {
    var generator = SeededGenerator(seed.derived("pair", number))
    return generator.below(2) == 0 ? .baseFirst : .headFirst
  }
}
