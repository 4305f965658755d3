public import AssayModel
public import Gate

/// Result of `assay tune` with all of its input: `tune.json`.
public struct TuneRecord: Codable, Equatable, Sendable {
  /// Schema version of this record.
  public var schema = 1
  /// Name of the scenario.
  public var scenario: String
  /// Question of the scenario.
  public var question: String
  /// Name of the run's folder.
  public var run: String
  /// Start time, in Unix milliseconds.
  public var started: WallTime
  /// Duration of the command.
  public var elapsed = Nanoseconds.zero
  /// The base seed.
  public var seed: Seed
  /// Machine and SQLite library.
  public var environment: RunEnvironment
  /// Lowest durability class that is acceptable.
  public var durability: DurabilityClass
  /// Objectives, the most important first.
  public var objectives: [Metric]
  /// Space that settings were chosen from.
  public var space: Space
  /// Basis of the durability classes, in one sentence.
  public var judgedOn = ""
  /// Knobs of the space that were left out because an existing file cannot change them.
  public var leftOut: [String] = []
  /// Evidence from crash images for each durability-relevant setting of the space.
  public var classes: [ClassEvidence] = []
  /// The scenario's own `storage:` section.
  public var fallback: TuneCandidate
  /// Durability class of the fallback; `nil` if it was not determined.
  public var fallbackClass: DurabilityClass?
  /// Candidate that all others are compared with: the default, or the nearest to it in the class.
  public var incumbent: TuneCandidate?
  /// Recommended settings; `nil` if no setting reaches the class, or nothing was measured.
  public var recommended: Recommendation?
  /// Best settings that were rejected because crash images of exactly these settings lost data.
  public var refuted: [ClassEvidence] = []
  /// Known advice, with the recommendation's gain over it.
  public var references: [Reference] = []
  /// Result of the search.
  public var result: TuneResult?
  /// Figures of the best candidates, over all objectives.
  public var front: [FrontPoint] = []
  /// Measured length of a block.
  public var blockLength = Nanoseconds.zero
  /// The way in which the blocks of a round shared the machine (last choice); `nil` if none ran.
  public var turns: TurnChoice?
  /// Mean overhead of a block beyond its measured length.
  public var blockOverhead = Nanoseconds.zero
  /// Rate at which percentiles were measured, in operations per second; `nil` if none were, or if
  /// the load has its own rate.
  public var rate: Double?
  /// Reason for an early end; empty without one.
  public var stopped = ""
  /// True if the user interrupted the command.
  public var wasInterrupted = false
  /// Exit code of the command.
  public var exitCode = 0

  /// Space that a tuning chose from.
  public struct Space: Codable, Equatable, Sendable {
    /// The knobs.
    public var knobs: [String]
    /// True if the knobs are the built-in ones.
    public var isBuiltIn: Bool
    /// Number of points in the space.
    public var candidates: Int
    /// Number of points that reach the class.
    public var inClass = 0

    /// Creates a space.
    public init(knobs: [String], isBuiltIn: Bool, candidates: Int) {
      self.knobs = knobs
      self.isBuiltIn = isBuiltIn
      self.candidates = candidates
    }
  }

  /// Recommended settings.
  public struct Recommendation: Codable, Equatable, Sendable {
    /// The knobs.
    public var candidate: TuneCandidate
    /// All settings.
    public var storage: StorageSettings
    /// Evidence from crash images for exactly these settings.
    public var evidence: ClassEvidence
    /// Code to open a database with them, by language.
    public var open: [OpenOptions]
    /// Gain over the incumbent; `nil` if this is the incumbent.
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
    /// Settings of the profile.
    public var candidate: TuneCandidate
    /// Durability class according to crash images; `nil` if they do not decide it.
    public var durability: DurabilityClass?
    /// Reason why it is in no better class.
    public var evidence: String
    /// Gain of the recommendation over it; `nil` if it was not raced.
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
    /// Candidate, class, and one value per objective.
    public var point: ParetoFront.Point
    /// True if no candidate of its class beats it in every objective.
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
