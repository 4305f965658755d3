import AssayModel
import RealModule
import Statistics

/// Measured goodness of each candidate in each common block.
struct TuneBoard: Sendable {
  /// Reason why a block does not count.
  struct Obstacle: Error { var text: String }

  /// Gain of a candidate over the default, in logarithms.
  struct Score {
    var candidate: Int
    var estimate: Double
    var lower: Double
    var upper: Double
    var blocks: Int

    func result(_ candidate: TuneCandidate) -> TuneResult.Gain {
      func share(_ logarithm: Double) -> Double? {
        logarithm.isFinite ? Double.expMinusOne(logarithm) : nil
      }
      return TuneResult.Gain(
        candidate: candidate, gain: Double.expMinusOne(estimate), lower: share(lower),
        upper: share(upper), blocks: blocks)
    }
  }

  private struct Round {
    var phase: TuneRace.Phase
    var values: [Int: Double]
  }

  private let incumbent: Int
  private var all: [Round] = []
  /// Reasons for disqualification, by candidate.
  private(set) var reasons: [Int: String] = [:]

  init(count: Int, incumbent: Int) {
    precondition((0..<count).contains(incumbent), "default \(incumbent) of \(count)")
    self.incumbent = incumbent
  }

  /// Returns the logarithm of a block's goodness; higher is better.
  static func goodness(_ metric: Metric, _ block: BlockMeasurement) -> Result<Double, Obstacle> {
    if let violation = block.violations.first { return .failure(Obstacle(text: violation)) }
    switch metric.reading(in: block) {
    case .missing(let name): return .failure(Obstacle(text: "no \(name)"))
    case .tooFew(let operations):
      return .failure(
        Obstacle(text: "\(operations) operations, \(metric) takes \(metric.operationsNeeded)"))
    case .value(let value):
      guard value > 0 else { return .failure(Obstacle(text: "\(metric) is \(value)")) }
      return .success(metric.isBetterHigher ? Double.log(value) : -Double.log(value))
    }
  }

  mutating func disqualify(_ candidate: Int, _ reason: String) { reasons[candidate] = reason }

  func isOut(_ candidate: Int) -> Bool { reasons[candidate] != nil }

  mutating func record(_ values: [Int: Double], _ phase: TuneRace.Phase) {
    all.append(Round(phase: phase, values: values))
  }

  func hasRounds(_ phase: TuneRace.Phase) -> Bool { all.contains { $0.phase == phase } }

  func rounds(_ phase: TuneRace.Phase) -> Int { all.count { $0.phase == phase } }

  func rounds(of candidate: Int, _ phase: TuneRace.Phase) -> Int {
    all.count { $0.phase == phase && $0.values[candidate] != nil }
  }

  /// Returns the gain of one candidate over another in each common block of the phases.
  private func differences(
    _ one: Int, over other: Int, in phases: Set<TuneRace.Phase>
  ) -> [Double] {
    all.compactMap { round in
      guard phases.contains(round.phase), let mine = round.values[one],
        let theirs = round.values[other]
      else { return nil }
      return mine - theirs
    }
  }

  /// Returns the gain of a candidate over the default; `nil` if it was not raced.
  func score(_ candidate: Int) -> Double? {
    if candidate == incumbent { return 0 }
    let differences = differences(candidate, over: incumbent, in: [.race, .local])
    return differences.isEmpty ? nil : HodgesLehmann(differences).estimate
  }

  /// Returns the best of the candidates, ties by index; the default if none was raced.
  func leader(_ candidates: [Int]) -> Int { best(1, of: candidates + [incumbent])[0] }

  /// Returns the best `count` candidates, best first.
  func best(_ count: Int, of candidates: [Int]) -> [Int] {
    let scored = Set(candidates).sorted().map { ($0, score($0) ?? -.infinity) }
    // The stability of `sorted` is not guaranteed, so the index breaks ties.
    let order = scored.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    return order.prefix(count).map(\.0)
  }

  /// Returns true if a candidate is worse than the leader, one-sided 5 %.
  func isWorse(_ candidate: Int, than leader: Int) -> Bool {
    let differences = differences(candidate, over: leader, in: [.race, .local])
    return SignedRankTest(differences).below < 0.05
  }

  /// Returns the gains of candidates over the default, best first, with simultaneous 95 % intervals
  /// (Bonferroni).
  func gains(
    of candidates: [Int], in phases: Set<TuneRace.Phase>, questions: Int
  ) -> [Score] {
    candidates.compactMap {
      score($0, over: incumbent, in: phases, questions: questions)
    }.sorted { $0.estimate > $1.estimate }
  }

  /// Returns the gain of one candidate over another, with an interval that is one of `questions`;
  /// `nil` without a common block.
  func score(
    _ candidate: Int, over other: Int, in phases: Set<TuneRace.Phase>, questions: Int
  ) -> Score? {
    let differences = differences(candidate, over: other, in: phases)
    guard !differences.isEmpty else { return nil }
    let centre = HodgesLehmann(differences)
    let interval = centre.interval(confidence: 1 - 0.05 / Double(max(1, questions)))
    return Score(
      candidate: candidate, estimate: centre.estimate, lower: interval.lower,
      upper: interval.upper, blocks: differences.count)
  }

  /// Returns the effect of each knob in some phases.
  func effects(_ plan: TunePlan, in phases: Set<TuneRace.Phase> = [.screening]) -> MainEffects? {
    let observations = plan.candidates.indices.compactMap { candidate -> (TuneCandidate, Double)? in
      if candidate == incumbent { return (plan.candidates[candidate], 0) }
      return difference(candidate, in: phases).map { (plan.candidates[candidate], $0) }
    }
    return MainEffects(
      observations.map { (candidate: $0.0, goodness: $0.1) },
      reference: plan.candidates[incumbent])
  }

  /// Returns the gain of a candidate over the default in the screening.
  func screened(_ candidate: Int) -> Double? { difference(candidate, in: [.screening]) }

  private func difference(_ candidate: Int, in phases: Set<TuneRace.Phase>) -> Double? {
    let differences = differences(candidate, over: incumbent, in: phases)
    return differences.isEmpty ? nil : HodgesLehmann(differences).estimate
  }
}
