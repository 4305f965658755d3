public import AssayModel

/// How two sides of one workload are compared.
public struct ComparisonPlan: Hashable, Sendable {
  /// The looks that the method was chosen with.
  public static let usualLooks = [20, 40, 70, 100]
  /// Probability of a false regression in a whole run; that of a false improvement is the same, so
  /// that both together are 1 %.
  public static let usualAlpha = 0.005

  /// What is compared; at least one.
  public let rules: [MetricRule]
  /// What is asked.
  public let question: SequentialRule.Question
  /// Limits for every look and number of findings; its questions are those of the whole run.
  public let limits: LimitTable
  /// What counts as a bad environment.
  public let thresholds: EnvironmentGuard.Thresholds
  /// What the order within pairs follows from.
  public let seed: Seed

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - rules: at least one, each metric once.
  ///   - question: `worsening` for a gate, `difference` for a comparison.
  ///   - limits: of the run; asks at least as many questions as there are rules. By default those
  ///     of a run with this workload alone.
  ///   - thresholds: what counts as a bad environment.
  ///   - seed: what the order within pairs follows from.
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

  /// Which side of a pair runs first; follows from the seed and the pair's number alone.
  public func order(ofPair number: Int) -> PairOrder {
    var generator = SeededGenerator(seed.derived("pair", number))
    return generator.below(2) == 0 ? .baseFirst : .headFirst
  }
}
