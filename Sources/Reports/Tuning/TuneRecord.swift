public import AssayModel
public import Gate

/// What `assay tune` found, and everything that it was decided by: `tune.json`.
public struct TuneRecord: Codable, Equatable, Sendable {
  /// Version of this form.
  public var schema = 1
  /// Name of the scenario.
  public var scenario: String
  /// Its question.
  public var question: String
  /// Name of the run's folder.
  public var run: String
  /// When it began, in Unix milliseconds.
  public var started: WallTime
  /// How long it took.
  public var elapsed = Nanoseconds.zero
  /// The base seed.
  public var seed: Seed
  /// The machine and its library.
  public var environment: RunEnvironment
  /// What survives at least.
  public var durability: DurabilityClass
  /// What is wanted, the most important first.
  public var objectives: [Metric]
  /// Where was chosen from.
  public var space: Space
  /// What durability was judged on, in one sentence.
  public var judgedOn = ""
  /// Knobs of the space that an existing file cannot change, and so were left out.
  public var leftOut: [String] = []
  /// What crash images say of each durability-relevant setting of the space.
  public var classes: [ClassEvidence] = []
  /// The scenario's own `storage:` section.
  public var fallback: TuneCandidate
  /// Its class; `nil` when it was not reached.
  public var fallbackClass: DurabilityClass?
  /// What everything is compared with: the default, or of the class the nearest to it.
  public var incumbent: TuneCandidate?
  /// What is recommended; `nil` when no setting reaches the class, or nothing was measured.
  public var recommended: Recommendation?
  /// What was best, but lost data exactly as it would have been used.
  public var refuted: [ClassEvidence] = []
  /// Known advice, and what the recommendation gains over it.
  public var references: [Reference] = []
  /// What the search found.
  public var result: TuneResult?
  /// What was measured of the best, over all objectives.
  public var front: [FrontPoint] = []
  /// How long a block was measured.
  public var blockLength = Nanoseconds.zero
  /// How the blocks of a round shared the machine, the last choice; `nil` when none ran.
  public var turns: TurnChoice?
  /// What a block cost beyond that, mean.
  public var blockOverhead = Nanoseconds.zero
  /// Operations a second at which percentiles were measured; `nil` when none were, or the load has
  /// a rate of its own.
  public var rate: Double?
  /// Why it ended before its end; empty when it did not.
  public var stopped = ""
  /// Whether the user stopped it.
  public var wasInterrupted = false
  /// What the command exited with.
  public var exitCode = 0

  /// Where a tuning chose from.
  public struct Space: Codable, Equatable, Sendable {
    /// The knobs.
    public var knobs: [String]
    /// Whether they are the built-in ones.
    public var isBuiltIn: Bool
    /// Points of the space.
    public var candidates: Int
    /// Points that reach the class.
    public var inClass = 0

    /// Creates a space.
    public init(knobs: [String], isBuiltIn: Bool, candidates: Int) {
      self.knobs = knobs
      self.isBuiltIn = isBuiltIn
      self.candidates = candidates
    }
  }

  /// Settings to use.
  public struct Recommendation: Codable, Equatable, Sendable {
    /// The knobs.
    public var candidate: TuneCandidate
    /// All settings.
    public var storage: StorageSettings
    /// What crash images say of exactly these.
    public var evidence: ClassEvidence
    /// How each language opens a database with them.
    public var open: [OpenOptions]
    /// Against what everything is compared with; `nil` when it is that.
    public var gain: TuneResult.Gain?

    /// Creates a recommendation.
    public init(
      candidate: TuneCandidate, storage: StorageSettings, evidence: ClassEvidence,
      gain: TuneResult.Gain?
    ) {
      self.candidate = candidate
      self.storage = storage
      self.evidence = evidence
      self.gain = gain
      open = OpenOptions.all(storage)
    }
  }

  /// Known advice.
  public struct Reference: Codable, Equatable, Sendable {
    /// Name of the profile.
    public var profile: String
    /// Its settings.
    public var candidate: TuneCandidate
    /// The class that crash images find it in; `nil` when they do not tell.
    public var durability: DurabilityClass?
    /// What keeps it out of a better class.
    public var evidence: String
    /// What the recommendation gains over it; `nil` when it was not raced.
    public var gain: TuneResult.Gain?

    /// Creates a reference.
    public init(
      profile: String, candidate: TuneCandidate, durability: DurabilityClass?, evidence: String
    ) {
      self.profile = profile
      self.candidate = candidate
      self.durability = durability
      self.evidence = evidence
    }
  }

  /// A candidate's figures.
  public struct FrontPoint: Codable, Equatable, Sendable {
    /// Candidate, class, and a value an objective.
    public var point: ParetoFront.Point
    /// Whether none of its class beats it in everything.
    public var isOnFront: Bool

    /// Creates a point.
    public init(point: ParetoFront.Point, isOnFront: Bool) {
      self.point = point
      self.isOnFront = isOnFront
    }
  }

  /// Creates a record without results.
  public init(
    scenario: Scenario, run: String, started: WallTime, seed: Seed, environment: RunEnvironment,
    durability: DurabilityClass, objectives: [Metric], space: Space, fallback: TuneCandidate
  ) {
    self.scenario = scenario.name
    question = scenario.question
    self.run = run
    self.started = started
    self.seed = seed
    self.environment = environment
    self.durability = durability
    self.objectives = objectives
    self.space = space
    self.fallback = fallback
  }
}
