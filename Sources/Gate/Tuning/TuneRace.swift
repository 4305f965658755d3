public import AssayModel
import Statistics

/// Searches for the best settings: requests candidates to measure side by side, takes their blocks,
/// and recommends.
///
/// A pure state machine with four phases. *Screening*, only of large spaces: short blocks of a
/// balanced part of the candidates estimate the effect of each knob; the best by that model go on.
/// *Race*: common blocks of all survivors in random order; from the fifth block on, and then each
/// time after twice as many, candidates that are significantly worse than the best are eliminated.
/// *Local search*: neighbours of the best that differ in one knob. *Confirmation*: the best three
/// against the default with separate seeds. The default is in every block, so that all candidates
/// are compared with it at the same time.
/// Source: Lopez-Ibanez et al., "The irace package", Operations Research Perspectives 3 (2016),
/// with Wilcoxon's signed ranks for the elimination.
public struct TuneRace: Sendable {
  /// Phase that a block belongs to.
  public enum Phase: String, Hashable, Codable, Sendable {
    case screening, race, local, confirmation
  }

  /// One common block: every entrant once, in this order.
  public struct Round: Hashable, Sendable {
    /// Number of the round, from 0.
    public var number: Int
    /// Phase that the round belongs to.
    public var phase: Phase
    /// Indices of the candidates in the plan, in the order in which they run.
    public var entrants: [Int]
    /// Length of a block as a share of a full one.
    public var share: Double
    /// Seed of the workload's data, the same for all entrants.
    public var seed: Seed
  }

  /// Next step of a search.
  public enum Step: Hashable, Sendable {
    /// Measure these candidates and add their blocks.
    case run(Round)
    /// The search is over.
    case finished(TuneResult)
  }

  /// The plan of the search.
  public let plan: TunePlan
  /// Blocks used so far, in blocks of full length.
  public private(set) var blocksUsed = 0.0
  var board: TuneBoard
  private(set) var phase: Phase = .race
  private(set) var entrants: [Int] = []
  private var roundsLeft = 0
  private var rounds = 0
  private var stageRounds = 0
  private var passes = 0
  private var isFinished = false
  private var effects: MainEffects?

  /// Begins a search.
  public init(_ plan: TunePlan) {
    self.plan = plan
    board = TuneBoard(count: plan.candidates.count, incumbent: plan.incumbent)
    if plan.space.count > plan.effort.racing {
      begin(.screening, TuneDesign.choose(plan), rounds: plan.effort.screeningRounds)
    } else {
      beginRace(plan.space)
    }
  }

  /// Returns the next step; the same one until results are added.
  public func next() -> Step {
    guard !isFinished else { return .finished(result) }
    let seed = plan.seed.derived(phase.rawValue, rounds)
    var generator = SeededGenerator(seed.derived("order"))
    return .run(
      Round(
        number: rounds, phase: phase, entrants: entrants.shuffled(using: &generator),
        share: phase == .screening ? plan.effort.screeningShare : 1, seed: seed.derived("load")))
  }

  /// Takes one block per entrant of the round that `next()` returned, in its order.
  ///
  /// Disqualifies a candidate whose block violates a check or does not hold the objective.
  ///
  /// - Throws: `GateError` with code `results` if there is not one block per entrant, or if the
  ///   default itself can't be measured.
  public mutating func add(_ blocks: [BlockMeasurement]) throws(GateError) {
    guard case .run(let round) = next() else {
      throw GateError(
        .results, of: "tune", found: "\(blocks.count) blocks", allowed: "it is finished")
    }
    guard blocks.count == round.entrants.count else {
      throw GateError(
        .results, of: "tune", found: "\(blocks.count) blocks",
        allowed: "\(round.entrants.count), one an entrant")
    }
    var values: [Int: Double] = [:]
    var out: [(Int, String)] = []
    for (candidate, block) in zip(round.entrants, blocks) {
      switch TuneBoard.goodness(plan.objective, block) {
      case .success(let value): values[candidate] = value
      case .failure(let reason): out.append((candidate, reason.text))
      }
    }
    if let reason = out.first(where: { $0.0 == plan.incumbent })?.1 {
      throw GateError(
        .results, of: "tune.default", found: reason, allowed: "a default that can be measured")
    }
    for (candidate, reason) in out { board.disqualify(candidate, reason) }
    entrants.removeAll { board.isOut($0) }
    board.record(values, phase)
    blocksUsed += Double(blocks.count) * round.share
    rounds += 1
    roundsLeft -= 1
    if roundsLeft <= 0 || entrants.count < 2 { advance() }
  }

  /// The result so far.
  public var result: TuneResult {
    let isConfirmed = isFinished && phase == .confirmation
    let final = phase == .confirmation && board.hasRounds(.confirmation)
    let phases: Set<Phase> = final ? [.confirmation] : [.race, .local]
    let shown = (phase == .screening ? [] : entrants).filter {
      $0 != plan.incumbent && plan.space.contains($0)
    }
    let scores = board.gains(of: shown, in: phases, questions: max(1, shown.count))
    let best = scores.first { $0.lower > 0 || (!isConfirmed && $0.estimate > 0) }
    let recommended = best?.candidate ?? plan.incumbent
    let effects = self.effects ?? board.effects(plan, in: [.race, .local])
    return TuneResult(
      recommended: plan.candidates[recommended],
      isConfirmed: isConfirmed, gains: scores.map { $0.result(plan.candidates[$0.candidate]) },
      overReferences: overReferences(plan.candidates[recommended]),
      // A value that the measurements do not determine has no figure.
      effects: effects?.effects.filter { $0.upper < 1_000 } ?? [],
      inert: effects?.inert(bound: 0.02) ?? [],
      disqualified: board.reasons.sorted { $0.key < $1.key }.map {
        "\(plan.candidates[$0.key]): \($0.value)"
      }, blocksUsed: blocksUsed)
  }

  /// Returns the gain of a candidate over each reference, in the blocks of the confirmation or,
  /// before it, of the race; with simultaneous 95 % intervals.
  public func overReferences(_ candidate: TuneCandidate) -> [TuneResult.Gain] {
    guard let place = plan.candidates.firstIndex(of: candidate) else { return [] }
    let others = plan.references.filter { $0 != place }
    let phases: Set<Phase> = board.hasRounds(.confirmation) ? [.confirmation] : [.race, .local]
    return others.compactMap { reference in
      board.score(place, over: reference, in: phases, questions: others.count)
        .map { $0.result(plan.candidates[reference]) }
    }
  }

  /// Returns the gain of a candidate over the default in their common blocks: those of the
  /// confirmation, or else of the race; `nil` without any.
  ///
  /// Figures of different blocks are not comparable: the state of the machine differed.
  public func standing(of candidate: TuneCandidate) -> TuneResult.Gain? {
    guard let place = plan.candidates.firstIndex(of: candidate) else { return nil }
    if place == plan.incumbent {
      return TuneResult.Gain(candidate: candidate, gain: 0, lower: 0, upper: 0, blocks: 0)
    }
    let score =
      board.score(place, over: plan.incumbent, in: [.confirmation], questions: 1)
      ?? board.score(place, over: plan.incumbent, in: [.race, .local], questions: 1)
    return score?.result(candidate)
  }

  /// Returns true if the common blocks show one candidate to be better than another, at 95 %.
  public func isSurelyBetter(_ one: TuneCandidate, than other: TuneCandidate) -> Bool {
    guard let place = plan.candidates.firstIndex(of: one),
      let second = plan.candidates.firstIndex(of: other)
    else { return false }
    let phases: Set<Phase> = [.race, .local, .confirmation]
    return board.score(place, over: second, in: phases, questions: 1).map { $0.lower > 0 } ?? false
  }

  /// Returns true for a candidate that may be recommended.
  public func isInSpace(_ candidate: TuneCandidate) -> Bool {
    plan.space.contains { plan.candidates[$0] == candidate }
  }

  /// Largest number of blocks that the search will still use, in blocks of full length.
  public var blocksLeft: Double { isFinished ? 0 : max(0, plan.effort.budget - blocksUsed) }

  // MARK: - From one phase to the next

  private mutating func begin(_ phase: Phase, _ candidates: [Int], rounds: Int) {
    self.phase = phase
    let others = candidates.filter { $0 != plan.incumbent && !board.isOut($0) }
    entrants = ([plan.incumbent] + others).sorted()
    roundsLeft = rounds
  }

  private mutating func beginRace(_ candidates: [Int]) {
    stageRounds = plan.effort.firstRounds
    begin(.race, candidates, rounds: affordable(stageRounds, entrants: candidates.count + 1))
    if entrants.count < 2 { finish() } else if roundsLeft < stageRounds { beginConfirmation() }
  }

  private mutating func advance() {
    if entrants.count < 2, phase != .screening {
      finish()
      return
    }
    switch phase {
    case .screening:
      effects = board.effects(plan)
      beginRace(TuneDesign.finalists(plan, effects, board))
    case .race: afterRace()
    case .local: afterLocal()
    case .confirmation: finish()
    }
  }

  private mutating func afterRace() {
    let before = entrants.count
    eliminate()
    // The survivors get twice the blocks before the next elimination.
    if entrants.count * 2 <= before + 1 || entrants.count == before { stageRounds *= 2 }
    let rounds = affordable(stageRounds, entrants: entrants.count)
    let seen = board.rounds(.race)
    if entrants.count <= 4 || rounds < plan.effort.firstRounds || seen >= 40 {
      beginLocal()
    } else {
      roundsLeft = rounds
    }
  }

  private mutating func beginLocal() {
    let neighbours = TuneDesign.neighbours(
      of: board.leader(entrants), plan, effects, board)
    let field = board.best(3, of: challengers) + neighbours
    let rounds = plan.effort.firstRounds
    passes += 1
    guard !neighbours.isEmpty, passes <= 2,
      affordable(rounds, entrants: field.count + 1) >= rounds
    else {
      beginConfirmation()
      return
    }
    begin(.local, field, rounds: rounds)
  }

  private mutating func afterLocal() {
    let leader = board.leader(entrants)
    let isNew = board.rounds(of: leader, .race) == 0
    eliminate()
    if isNew { beginLocal() } else { beginConfirmation() }
  }

  private mutating func beginConfirmation() {
    let best = board.best(3, of: challengers) + plan.references
    begin(
      .confirmation, Array(Set(best)).sorted(), rounds: plan.effort.confirmationRounds)
    if entrants.count < 2 { finish() }
  }

  /// The remaining candidates without the default.
  private var challengers: [Int] { entrants.filter { $0 != plan.incumbent } }

  private mutating func finish() {
    phase = .confirmation
    isFinished = true
  }

  private mutating func eliminate() {
    let leader = board.leader(entrants)
    entrants.removeAll { candidate in
      candidate != plan.incumbent && candidate != leader
        && board.isWorse(candidate, than: leader)
    }
  }

  /// Returns the number of rounds that the budget still allows, with the confirmation set aside.
  private func affordable(_ rounds: Int, entrants count: Int) -> Int {
    let reserve = Double(
      min(plan.candidates.count, 4 + plan.references.count) * plan.effort.confirmationRounds)
    let free = plan.effort.budget - blocksUsed - reserve
    return max(0, min(rounds, Int(free / Double(max(1, count)))))
  }
}
