public import AssayModel
public import Gate

/// Result of `assay compare` with all of its input: `comparison.json`.
public struct ComparisonRecord: Codable, Equatable, Sendable {
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
  public var elapsed: Nanoseconds
  /// The base seed.
  public var seed: Seed
  /// Digest of load, seeds and template, equal for both sides.
  public var workloadDigest: String
  /// Side A, the base.
  public var base: Side
  /// Side B, the head.
  public var head: Side
  /// Measured length of a block.
  public var blockLength: Nanoseconds
  /// Intended arrival rate in operations per second, the same on both sides; `nil` in a closed
  /// loop.
  public var targetRate: Double?
  /// The way in which the blocks of a pair shared the machine; `nil` if none ran.
  public var turns: TurnChoice?
  /// Mean overhead of a block beyond its measured length.
  public var blockOverhead: Nanoseconds
  /// The decision.
  public var result: ComparisonResult
  /// All exact counts of the counted script.
  public var counts: [CountComparison]
  /// Names of the deciding counts; the others are only shown, since other settings change them.
  public var decidingCounts: [String]
  /// Number of operations of the counted script; 0 if there was none.
  public var countedOperations: Int
  /// Every pair, in the order in which they ran.
  public var pairs: [BlockPair]
  /// True if the user interrupted the command.
  public var wasInterrupted: Bool
  /// Exit code of the command.
  public var exitCode: Int

  /// One side of a comparison.
  public struct Side: Codable, Equatable, Sendable {
    /// Readable difference from the other side.
    public var label: String
    /// Machine and SQLite library.
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
