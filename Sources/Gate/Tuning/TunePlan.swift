public import AssayModel

/// Plan for a search of settings.
public struct TunePlan: Hashable, Sendable {
  /// Amount of measurement, in blocks.
  public struct Effort: Hashable, Codable, Sendable {
    /// Budget for the whole search, in blocks of full length.
    public var budget: Double
    /// Largest number of racing candidates; a larger space is screened first.
    public var racing: Int
    /// Length of a screening block, as a share of a full one.
    public var screeningShare: Double
    /// Number of common blocks in the screening.
    public var screeningRounds: Int
    /// Number of common blocks before the first elimination; fewer than 5 can't eliminate a
    /// candidate at 5 %.
    public var firstRounds: Int
    /// Largest number of neighbours that the local search tries in one pass.
    public var neighbours: Int
    /// Number of common blocks in the confirmation.
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

  /// Candidates to choose from; all of the wanted durability class.
  public let candidates: [TuneCandidate]
  /// Index of the default: it is in every block, and recommended if no candidate beats it.
  public let incumbent: Int
  /// Indices of further settings that the confirmation compares with, such as known advice.
  public let references: [Int]
  /// Indices of candidates that may be recommended: all but references from outside of the space.
  public let space: [Int]
  /// Primary objective, which the race is decided by.
  public let objective: Metric
  /// Amount of measurement.
  public let effort: Effort
  /// Seed of the orders, the screening's design and the blocks.
  public let seed: Seed

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - candidates: of the wanted class only, each once, all with the same knobs.
  ///   - incumbent: the default; one of the candidates.
  ///   - references: a subset of the candidates.
  ///   - outsiders: references outside of the requested space: compared with in the confirmation,
  ///     but neither raced nor recommended.
  ///   - objective: throughput, a percentile or a resource.
  ///   - effort: amount of measurement; its budget must hold the confirmation and a race of two.
  ///   - seed: seed of everything random.
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
