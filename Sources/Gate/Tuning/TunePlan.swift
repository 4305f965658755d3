public import AssayModel

/// How settings are searched.
public struct TunePlan: Hashable, Sendable {
  /// How much is measured, in blocks.
  public struct Effort: Hashable, Codable, Sendable {
    /// All blocks together, in blocks of full length.
    public var budget: Double
    /// With more candidates than these a screening comes first, and at most so many race.
    public var racing: Int
    /// Length of a screening block, as a share of a full one.
    public var screeningShare: Double
    /// Common blocks of the screening.
    public var screeningRounds: Int
    /// Common blocks before the first elimination; fewer than 5 can't eliminate anyone at 5 %.
    public var firstRounds: Int
    /// Neighbours of the best that the local search tries in one pass.
    public var neighbours: Int
    /// Common blocks of the confirmation.
    public var confirmationRounds: Int

    /// Creates an effort. A budget of 384 is 30 % of 20 blocks for each of 64 candidates.
    public init(
      budget: Double = 384, racing: Int = 12, screeningShare: Double = 0.25,
      screeningRounds: Int = 4, firstRounds: Int = 5, neighbours: Int = 6,
      confirmationRounds: Int = 20
    ) {
      self.budget = budget
      self.racing = racing
      self.screeningShare = screeningShare
      self.screeningRounds = screeningRounds
      self.firstRounds = firstRounds
      self.neighbours = neighbours
      self.confirmationRounds = confirmationRounds
    }
  }

  /// Where one may choose from; all of the wanted durability class.
  public let candidates: [TuneCandidate]
  /// Place of the default among them: it is in every block, and recommended when nothing beats it.
  public let incumbent: Int
  /// Places of further settings that the confirmation compares with, such as known advice.
  public let references: [Int]
  /// Places of those that may be recommended: all but references from outside of the space.
  public let space: [Int]
  /// What is wanted first; the race is about this one.
  public let objective: Metric
  /// How much is measured.
  public let effort: Effort
  /// What orders, the screening's design and the blocks' seeds follow from.
  public let seed: Seed

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - candidates: of the wanted class only, each once, all with the same knobs.
  ///   - incumbent: the default; one of them.
  ///   - references: some of them.
  ///   - outsiders: of the references those that nobody asked for: they are compared with in the
  ///     confirmation, and neither raced nor recommended.
  ///   - objective: throughput, a percentile or a resource.
  ///   - effort: how much is measured; its budget must hold the confirmation and a race of two.
  ///   - seed: what everything random follows from.
  /// - Throws: `GateError`: `classNotReached` without candidates, else `plan`.
  public init(
    candidates: [TuneCandidate], incumbent: TuneCandidate, references: [TuneCandidate] = [],
    outsiders: Set<TuneCandidate> = [], objective: Metric, effort: Effort = Effort(), seed: Seed
  ) throws(GateError) {
    func wrong(_ found: String, _ allowed: String) -> GateError {
      GateError(.plan, of: "tune", found: found, allowed: allowed)
    }
    guard !candidates.isEmpty else {
      throw GateError(
        .classNotReached, of: "tune.class", found: "no setting that reaches it",
        allowed: "at least one")
    }
    guard let place = candidates.firstIndex(of: incumbent) else {
      throw wrong("the default \(incumbent)", "one of the candidates of the class")
    }
    guard Set(candidates).count == candidates.count else {
      throw wrong("a candidate twice", "each once")
    }
    guard candidates.allSatisfy({ $0.knobs == incumbent.knobs }) else {
      throw wrong("candidates with different knobs", "the knobs of the default in each")
    }
    var known: [Int] = []
    for reference in references {
      guard let place = candidates.firstIndex(of: reference) else {
        throw wrong("the reference \(reference)", "one of the candidates of the class")
      }
      if !known.contains(place) { known.append(place) }
    }
    guard outsiders.isSubset(of: references), !outsiders.contains(incumbent) else {
      throw wrong("an outsider that is not a reference", "references that are not the default")
    }
    if case .counts(nil) = objective { throw wrong("counts", "one metric") }
    let confirmed = min(candidates.count, 4 + known.count)
    let least = Double(confirmed * effort.confirmationRounds + 2 * effort.firstRounds)
    guard effort.firstRounds >= 5, effort.racing >= 2, effort.screeningRounds >= 1,
      effort.neighbours >= 0, effort.confirmationRounds >= 8,
      effort.screeningShare > 0, effort.screeningShare <= 1, effort.budget >= least
    else {
      throw wrong(
        "\(effort)", "a budget of at least \(Int(least)) blocks, rounds of at least 5 and 8")
    }
    self.candidates = candidates
    self.incumbent = place
    self.references = known
    space = candidates.indices.filter { !outsiders.contains(candidates[$0]) }
    self.objective = objective
    self.effort = effort
    self.seed = seed
  }
}
