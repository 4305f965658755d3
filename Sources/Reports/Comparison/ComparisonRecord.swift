public import AssayModel
public import Gate

/// What `assay compare` found, and everything that it was decided by: `comparison.json`.
public struct ComparisonRecord: Codable, Equatable, Sendable {
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
  public var elapsed: Nanoseconds
  /// The base seed.
  public var seed: Seed
  /// Names load, seeds and template, equal for both sides.
  public var workloadDigest: String
  /// What A is.
  public var base: Side
  /// What B is.
  public var head: Side
  /// How long a block was measured.
  public var blockLength: Nanoseconds
  /// Operations a second that were to arrive, the same on both sides; `nil` in a closed loop.
  public var targetRate: Double?
  /// How the blocks of a pair shared the machine; `nil` when none ran.
  public var turns: TurnChoice?
  /// What a block cost beyond that, mean.
  public var blockOverhead: Nanoseconds
  /// The decision.
  public var result: ComparisonResult
  /// Exact counts of one script, all of them.
  public var counts: [CountComparison]
  /// Names of those that decide; the others are shown, since other settings count otherwise.
  public var decidingCounts: [String]
  /// Operations of the script that was counted; 0 when there was none.
  public var countedOperations: Int
  /// Every pair, in the order in which they ran.
  public var pairs: [BlockPair]
  /// Whether the user stopped it.
  public var wasInterrupted: Bool
  /// What the command exited with.
  public var exitCode: Int

  /// One side of a comparison.
  public struct Side: Codable, Equatable, Sendable {
    /// What is different about it, for people.
    public var label: String
    /// The machine and its library.
    public var environment: RunEnvironment

    /// Creates a side.
    public init(label: String, environment: RunEnvironment) {
      self.label = label
      self.environment = environment
    }
  }

  /// Creates a record.
  public init(
    scenario: String, question: String, run: String, started: WallTime, elapsed: Nanoseconds,
    seed: Seed, workloadDigest: String, base: Side, head: Side, blockLength: Nanoseconds,
    blockOverhead: Nanoseconds, result: ComparisonResult, counts: [CountComparison],
    decidingCounts: [String], countedOperations: Int, pairs: [BlockPair], wasInterrupted: Bool
  ) {
    self.scenario = scenario
    self.question = question
    self.run = run
    self.started = started
    self.elapsed = elapsed
    self.seed = seed
    self.workloadDigest = workloadDigest
    self.base = base
    self.head = head
    self.blockLength = blockLength
    self.blockOverhead = blockOverhead
    self.result = result
    self.counts = counts
    self.decidingCounts = decidingCounts
    self.countedOperations = countedOperations
    self.pairs = pairs
    self.wasInterrupted = wasInterrupted
    exitCode = 0
    let decided = counts.filter { decidingCounts.contains($0.name) }.map(\.outcome.exitStatus)
    let statuses = result.statuses + decided + (wasInterrupted ? [.interrupted] : [])
    exitCode = ExitStatus.first(of: statuses).rawValue
  }
}
