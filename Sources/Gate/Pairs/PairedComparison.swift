import AssayModel

/// Compares two sides of one workload: requests pairs of blocks, takes their results, and decides.
///
/// A pure state machine: it runs nothing itself, and the same results give the same decision. Call
/// `next()`, run what it returns and pass the results to `add(_:)`, until `next()` returns
/// `finished`.
public struct PairedComparison: Sendable {
  /// Pairs to run next.
  public struct Round: Hashable, Sendable {
    /// Number of the first pair of the round, from 0.
    public var firstPair: Int
    /// Order of the sides, one entry per pair.
    public var orders: [PairOrder]
    /// Number of pairs.
    public var pairs: Int { orders.count }
  }

  /// Next step of a comparison.
  public enum Step: Hashable, Sendable {
    /// Run these pairs and add their results.
    case run(Round)
    /// Everything is decided.
    case finished(ComparisonResult)
  }

  /// The plan of the comparison.
  public let plan: ComparisonPlan
  /// All pairs so far.
  public private(set) var pairs: [BlockPair] = []
  private var race: DecisionRace
  private var stopReason: String?
  private var environment = EnvironmentVerdict()

  /// Begins a comparison.
  ///
  /// - Parameters:
  ///   - plan: plan of the comparison.
  ///   - regressionsBefore: number of metrics of the run's other workloads that regressed so far.
  ///   - improvementsBefore: number of them that improved so far.
  public init(_ plan: ComparisonPlan, regressionsBefore: Int = 0, improvementsBefore: Int = 0) {
    self.plan = plan
    race = DecisionRace(
      rules: plan.rules, question: plan.question, limits: plan.limits,
      regressionsBefore: regressionsBefore, improvementsBefore: improvementsBefore)
  }

  /// Returns the next step; the same one until results are added.
  public func next() -> Step {
    guard !isFinished else { return .finished(result) }
    let until = plan.limits.looks[race.looks]
    return .run(
      Round(firstPair: pairs.count, orders: (pairs.count..<until).map(plan.order(ofPair:))))
  }

  /// True if nothing more needs to run.
  public var isFinished: Bool {
    stopReason != nil || environment.isFinal || race.isDecided || !violations.isEmpty
  }

  /// Takes the results of the round that `next()` returned.
  ///
  /// - Throws: `GateError` with code `results` if they do not match the round: another number of
  ///   pairs, another order, or a block that measured no time.
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

  /// Ends the comparison early; open metrics stay inconclusive.
  ///
  /// - Parameters:
  ///   - partial: pairs of an incomplete round; they are kept, but not judged, because the caller
  ///     that ends the comparison may have seen them.
  ///   - reason: reason for the end, such as `interrupted`.
  public mutating func stop(keeping partial: [BlockPair] = [], because reason: String) {
    guard !isFinished else { return }
    pairs += partial
    stopReason = reason
  }

  /// Ends the comparison because its time is over, with a closing look at all pairs.
  ///
  /// Fewer pairs than the first look takes decide nothing.
  ///
  /// - Parameters:
  ///   - partial: pairs of the incomplete round.
  ///   - reason: reason given for metrics that stay undecided.
  /// - Throws: `GateError` with code `results` if a block measured no time.
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

  /// The result so far; open metrics are inconclusive.
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

  /// Returns the decision for a metric without a look: fewer pairs than the first look takes decide
  /// nothing, but they give an estimate.
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
