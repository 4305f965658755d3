import Statistics

/// The decisions of all metrics of one workload over the looks: what `PairedComparison` and
/// `ResampledGate` have in common.
struct DecisionRace: Sendable {
  /// A decision about one metric.
  struct Entry: Sendable {
    var outcome: SequentialRule.Outcome
    /// What was seen; `nil` when the blocks do not hold the metric.
    var seen: SequentialRule.Look?
    /// Why there was nothing to see.
    var obstacle: String?
    /// Number of the look, from 1.
    var look: Int
  }

  private let rules: [SequentialRule]
  private let limits: LimitTable
  private let regressionsBefore: Int
  private let improvementsBefore: Int
  /// One entry a metric; `nil` while open.
  private(set) var entries: [Entry?]
  /// Number of looks taken.
  private(set) var looks = 0

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

  /// Whether no metric is open, or no look is left.
  var isDecided: Bool { looks == limits.looks.count || !entries.contains { $0 == nil } }

  /// The outcomes; open metrics are inconclusive.
  var outcomes: [SequentialRule.Outcome] { entries.map { $0?.outcome ?? .inconclusive } }

  /// Takes the next look at every open metric.
  ///
  /// - Parameters:
  ///   - isValid: whether the machine is fit; otherwise nothing is decided before the last look.
  ///   - ratios: the differences of a metric, by its place.
  mutating func look(isValid: Bool = true, _ ratios: (Int) -> LogRatios) {
    looks += 1
    var evidence: [Int: SequentialRule.Evidence] = [:]
    for index in entries.indices where entries[index] == nil {
      switch ratios(index) {
      case .values(let differences): evidence[index] = SequentialRule.Evidence(differences)
      case .notHeld(let reason):
        entries[index] = Entry(outcome: .inconclusive, obstacle: reason, look: looks)
      }
    }
    if isValid { decide(evidence, isLast: false) }
    guard looks == limits.looks.count else { return }
    if isValid { decide(evidence, isLast: true) }
    for index in entries.indices where entries[index] == nil {
      guard let evidence = evidence[index] else { continue }
      let seen = rules[index].judge(evidence, limit: limit(evidence), isLast: true)
      entries[index] = Entry(
        outcome: isValid ? .inconclusive : .environmentInvalid, seen: seen, look: looks)
    }
  }

  /// Decides what can be decided; again while findings free alpha for the others.
  private mutating func decide(_ evidence: [Int: SequentialRule.Evidence], isLast: Bool) {
    var wasFreed = true
    while wasFreed {
      wasFreed = false
      for index in entries.indices where entries[index] == nil {
        guard let evidence = evidence[index] else { continue }
        let seen = rules[index].judge(evidence, limit: limit(evidence), isLast: isLast)
        guard let outcome = seen.outcome, outcome != .inconclusive else { continue }
        entries[index] = Entry(outcome: outcome, seen: seen, look: looks)
        if outcome == .regression || outcome == .improvement { wasFreed = true }
      }
    }
  }

  /// The limit in the direction in which the evidence points.
  private func limit(_ evidence: SequentialRule.Evidence) -> Double {
    let isWorse = evidence.z >= 0
    let outcome = isWorse ? SequentialRule.Outcome.regression : .improvement
    let before = isWorse ? regressionsBefore : improvementsBefore
    let found = entries.count { $0?.outcome == outcome }
    return limits.limit(look: looks - 1, found: before + found)
  }
}
