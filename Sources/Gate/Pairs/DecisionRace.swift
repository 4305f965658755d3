import Statistics

/// Decisions about all metrics of one workload over the looks, shared by `PairedComparison` and
/// `ResampledGate`.
struct DecisionRace: Sendable {
  /// A decision about one metric.
  struct Entry: Sendable {
    var outcome: SequentialRule.Outcome
    /// Evidence of the look; `nil` if the blocks do not hold the metric.
    var seen: SequentialRule.Look?
    /// Reason why there is no evidence.
    var obstacle: String?
    /// Number of the look, from 1.
    var look: Int
    /// Number of pairs in that look.
    var pairs: Int
  }

  private let rules: [SequentialRule]
  private let limits: LimitTable
  private let regressionsBefore: Int
  private let improvementsBefore: Int
  /// One entry per metric; `nil` while open.
  private(set) var entries: [Entry?]
  /// Number of looks taken.
  private(set) var looks = 0
  private var isClosed = false

  init(
    rules: [MetricRule], question: SequentialRule.Question, limits: LimitTable,
    regressionsBefore: Int = 0, improvementsBefore: Int = 0
  ) {
    self.rules = rules.map { SequentialRule($0, question: question) }
    self.limits = limits
    self.regressionsBefore = regressionsBefore
    self.improvementsBefore = improvementsBefore
    entries = rules.map { _ in nil }
  }

  /// True if no metric is open, or no look is left.
  var isDecided: Bool {
    isClosed || looks == limits.looks.count || !entries.contains { $0 == nil }
  }

  /// The outcomes; open metrics are inconclusive.
  var outcomes: [SequentialRule.Outcome] { entries.map { $0?.outcome ?? .inconclusive } }

  /// Takes the next look at every open metric.
  ///
  /// - Parameters:
  ///   - isValid: true if the machine is fit; otherwise nothing is decided before the last look.
  ///   - ratios: returns the differences of a metric by its index.
  mutating func look(isValid: Bool = true, _ ratios: (Int) -> LogRatios) {
    let limits = limits
    let look = looks
    take(
      Moment(pairs: limits.looks[look], isLast: look + 1 == limits.looks.count, isValid: isValid),
      ratios
    ) { limits.limit(look: look, found: $0) }
  }

  /// Takes the last look early because the time is over, and decides every metric that it can.
  ///
  /// - Parameter pairs: number of available pairs; fewer than at the first look decide nothing.
  mutating func close(pairs: Int, isValid: Bool = true, _ ratios: (Int) -> LogRatios) {
    guard !isDecided, pairs >= limits.looks[0] else { return }
    isClosed = true
    let limits = limits
    take(Moment(pairs: pairs, isLast: true, isValid: isValid), ratios) {
      limits.closingLimit(pairs: pairs, found: $0)
    }
  }

  /// A look without its limits.
  private struct Moment {
    var pairs: Int
    var isLast: Bool
    var isValid: Bool
  }

  /// Limit of the normal statistic for a number of findings so far.
  private typealias Limit = (_ found: Int) -> Double

  private mutating func take(
    _ moment: Moment, _ ratios: (Int) -> LogRatios, limit: Limit
  ) {
    looks += 1
    var evidence: [Int: SequentialRule.Evidence] = [:]
    for index in entries.indices where entries[index] == nil {
      switch ratios(index) {
      case .values(let differences): evidence[index] = SequentialRule.Evidence(differences)
      case .notHeld(let reason):
        entries[index] = Entry(
          outcome: .inconclusive, obstacle: reason, look: looks, pairs: moment.pairs)
      }
    }
    if moment.isValid { decide(evidence, moment.pairs, isLast: false, limit) }
    guard moment.isLast else { return }
    if moment.isValid { decide(evidence, moment.pairs, isLast: true, limit) }
    for index in entries.indices where entries[index] == nil {
      guard let evidence = evidence[index] else { continue }
      let seen = rules[index].judge(evidence, limit: limit(found(evidence)), isLast: true)
      entries[index] = Entry(
        outcome: moment.isValid ? .inconclusive : .environmentInvalid, seen: seen, look: looks,
        pairs: moment.pairs)
    }
  }

  /// Decides every metric that it can, and repeats while findings free alpha for the others.
  private mutating func decide(
    _ evidence: [Int: SequentialRule.Evidence], _ pairs: Int, isLast: Bool, _ limit: Limit
  ) {
    var wasFreed = true
    while wasFreed {
      wasFreed = false
      for index in entries.indices where entries[index] == nil {
        guard let evidence = evidence[index] else { continue }
        let seen = rules[index].judge(evidence, limit: limit(found(evidence)), isLast: isLast)
        guard let outcome = seen.outcome, outcome != .inconclusive else { continue }
        entries[index] = Entry(outcome: outcome, seen: seen, look: looks, pairs: pairs)
        if outcome == .regression || outcome == .improvement { wasFreed = true }
      }
    }
  }

  /// Returns the number of findings so far in the direction of the evidence.
  private func found(_ evidence: SequentialRule.Evidence) -> Int {
    let isWorse = evidence.z >= 0
    let outcome = isWorse ? SequentialRule.Outcome.regression : .improvement
    let before = isWorse ? regressionsBefore : improvementsBefore
    return before + entries.count { $0?.outcome == outcome }
  }
}
