import AssayModel

/// Compares two sides of one workload: says which pairs of blocks to run, takes their results, and
/// decides.
///
/// A value machine: it runs nothing itself, and the same results give the same decision.
/// `next()` says what to do; the results go to `add(_:)` until `next()` is finished.
public struct PairedComparison: Sendable {
  /// Pairs to run next.
  public struct Round: Hashable, Sendable {
    /// Number of the first of them, from 0.
    public var firstPair: Int
    /// Which side runs first, one entry a pair.
    public var orders: [PairOrder]
    /// How many pairs.
    public var pairs: Int { orders.count }
  }

  /// What to do next.
  public enum Step: Hashable, Sendable {
    /// Run these pairs and add them.
    case run(Round)
    /// All is decided.
    case finished(ComparisonResult)
  }

  /// How it compares.
  public let plan: ComparisonPlan
  /// All pairs so far.
  public private(set) var pairs: [BlockPair] = []
  private var race: DecisionRace
  private var stopReason: String?
  private var environment = EnvironmentVerdict()

  /// Begins a comparison.
  ///
  /// - Parameters:
  ///   - plan: how it compares.
  ///   - regressionsBefore: how many metrics of other workloads of the run regressed so far.
  ///   - improvementsBefore: how many improved.
  public init(_ plan: ComparisonPlan, regressionsBefore: Int = 0, improvementsBefore: Int = 0) {
    self.plan = plan
    race = DecisionRace(
      rules: plan.rules, question: plan.question, limits: plan.limits,
      regressionsBefore: regressionsBefore, improvementsBefore: improvementsBefore)
  }

  /// What to do next; the same answer until results are added.
  public func next() -> Step {
    guard !isFinished else { return .finished(result) }
    let until = plan.limits.looks[race.looks]
    return .run(
      Round(firstPair: pairs.count, orders: (pairs.count..<until).map(plan.order(ofPair:))))
  }

  /// Whether nothing more needs to run.
  public var isFinished: Bool {
    stopReason != nil || environment.isFinal || race.isDecided || !violations.isEmpty
  }

  /// Takes the results of the round that `next()` asked for.
  ///
  /// - Throws: `GateError` with code `results` when they are not those: another number of pairs,
  ///   another order, or a block that measured no time.
  public mutating func add(_ results: [BlockPair]) throws(GateError) {
    guard case .run(let round) = next() else {
      throw GateError(
        .results, of: "comparison", found: "\(results.count) pairs", allowed: "it is finished")
    }
    guard results.map(\.order) == round.orders else {
      throw GateError(
        .results, of: "comparison", found: "\(results.count) pairs or another order",
        allowed: "the \(round.pairs) pairs of the round in their order")
    }
    try Self.check(results)
    pairs += results
    environment = EnvironmentGuard.judge(pairs, plan.thresholds)
    guard violations.isEmpty, !environment.isFinal else { return }
    let all = pairs
    race.look(isValid: environment.isValid) { LogRatios(plan.rules[$0].metric, of: all) }
  }

  /// Ends the comparison early; what is open stays inconclusive.
  ///
  /// - Parameters:
  ///   - partial: pairs of a round that was not completed; they are kept, but not judged: whoever
  ///     ends it may have seen them.
  ///   - reason: why, such as `interrupted`.
  public mutating func stop(keeping partial: [BlockPair] = [], because reason: String) {
    guard !isFinished else { return }
    pairs += partial
    stopReason = reason
  }

  /// Ends the comparison because its time is over, with a closing look at all pairs.
  ///
  /// Nothing is decided by fewer pairs than the first look takes.
  ///
  /// - Parameters:
  ///   - partial: pairs of the round that was not completed.
  ///   - reason: why, for what is not decided.
  /// - Throws: `GateError` with code `results` when a block measured no time.
  public mutating func close(
    with partial: [BlockPair], because reason: String
  ) throws(GateError) {
    guard !isFinished else { return }
    try Self.check(partial)
    pairs += partial
    stopReason = reason
    environment = EnvironmentGuard.judge(pairs, plan.thresholds)
    guard violations.isEmpty, !environment.isFinal else { return }
    let all = pairs
    race.close(pairs: all.count, isValid: environment.isValid) {
      LogRatios(plan.rules[$0].metric, of: all)
    }
  }

  /// What is decided so far; open metrics are inconclusive.
  public var result: ComparisonResult {
    ComparisonResult(
      metrics: zip(plan.rules, race.entries).map { rule, entry in
        entry.map { decision(rule, $0) } ?? undecided(rule)
      }, pairs: pairs.count, looks: race.looks, environment: environment,
      violations: violations, stopped: stopReason)
  }

  /// Violated checks with their side, each once.
  private var violations: [String] {
    var seen: Set<String> = []
    var found: [String] = []
    for pair in pairs {
      for (side, block) in [("base", pair.base), ("head", pair.head)] {
        for violation in block.violations {
          let text = "\(side): \(violation)"
          if seen.insert(text).inserted { found.append(text) }
        }
      }
    }
    return found
  }

  private static func check(_ results: [BlockPair]) throws(GateError) {
    for block in results.flatMap(\.inOrder) where block.duration <= .zero {
      throw GateError(
        .results, of: "block", found: "a duration of \(block.duration.rawValue) ns",
        allowed: "above 0")
    }
  }

  /// A metric of which no look was taken: fewer pairs than the first one takes decide nothing, but
  /// they do show something.
  private func undecided(_ rule: MetricRule) -> MetricDecision {
    guard violations.isEmpty else {
      return .unseen(
        rule, .inconclusive, pairs: pairs.count, look: 0,
        reason: "not judged: a check of correctness was violated")
    }
    guard environment.isValid else {
      return .observed(
        rule, .environmentInvalid, in: pairs,
        because: environment.reasons.joined(separator: "; "))
    }
    return .observed(
      rule, in: pairs, because: "\(stopReason ?? "not finished") after \(pairs.count) pairs")
  }

  private func decision(_ rule: MetricRule, _ entry: DecisionRace.Entry) -> MetricDecision {
    guard let seen = entry.seen else {
      return .unseen(
        rule, entry.outcome, pairs: entry.pairs, look: entry.look,
        reason: entry.obstacle ?? "")
    }
    let reason =
      entry.outcome == .environmentInvalid
      ? environment.reasons.joined(separator: "; ")
      : DecisionReason.text(rule, seen, entry.outcome, pairs: entry.pairs)
    return .seen(
      rule, seen, outcome: entry.outcome, pairs: entry.pairs, look: entry.look, reason: reason)
  }
}
