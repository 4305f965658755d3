/// The result of a run, as `result.json` stores it.
///
/// A published schema version never changes its meaning; fields may be added.
public struct RunResult: Codable, Equatable, Sendable {
  /// Version of the schema.
  public var schema: Int = 1
  /// Name of the scenario.
  public var scenario: String
  /// Question that the scenario asks.
  public var question: String
  /// Figures that its table and headline show; absent for the defaults.
  public var show: [ShownFigure]?
  /// World in which it ran.
  public var world: World
  /// Digest that identifies the exact plan: SHA-256 of its canonical JSON.
  public var planDigest: String
  /// Digest that identifies load, seeds and template: equal for two runs that may be compared.
  public var workloadDigest: String
  /// The base seed.
  public var seed: Seed
  /// Name of the run's folder.
  public var run: String
  /// Start of the run, in Unix milliseconds.
  public var started: WallTime
  /// Duration of the run in nanoseconds.
  public var elapsed: Nanoseconds
  /// The machine, the file system and the library.
  public var environment: RunEnvironment
  /// Number of cells in the plan; an interrupted run has fewer results. `nil` in results of older
  /// versions.
  public var plannedCells: Int?
  /// Number of repetitions planned for each cell. `nil` in results of older versions.
  public var plannedRepetitions: Int?
  /// One entry per cell, repetitions merged.
  public var cells: [CellResult]
  /// `met`, `not met`, `unknown`, `interrupted`, `failed`.
  public var outcome: String
  /// The finding in one sentence.
  public var finding: String
  /// Exit code of the command.
  public var exitCode: Int

  /// Creates a result.
  public init(
    scenario: String, question: String, world: World, planDigest: String, workloadDigest: String,
    seed: Seed, run: String, started: WallTime, elapsed: Nanoseconds,
    environment: RunEnvironment, cells: [CellResult], outcome: String, finding: String,
    exitCode: Int
  ) {
    self.scenario = scenario
    self.question = question
    self.world = world
    self.planDigest = planDigest
    self.workloadDigest = workloadDigest
    self.seed = seed
    self.run = run
    self.started = started
    self.elapsed = elapsed
    self.environment = environment
    self.cells = cells
    self.outcome = outcome
    self.finding = finding
    self.exitCode = exitCode
  }
}

/// The machine, file system and SQLite build of a run.
public struct RunEnvironment: Codable, Equatable, Sendable {
  /// Model name of the processor.
  public var processor: String
  /// Number of processors that the run could use.
  public var processors: Int
  /// Bytes of main memory.
  public var memoryBytes: UInt64
  /// Kernel release.
  public var kernel: String
  /// Type of the file system that held the databases, such as `ext4`.
  public var fileSystem: String
  /// SQLite's version, such as `3.40.1`.
  public var sqliteVersion: String
  /// SQLite's source id.
  public var sqliteSourceID: String
  /// SQLite's compile options.
  public var compileOptions: [String]
  /// Assay's own version.
  public var assayVersion: String
  /// Other runs of Assay that were active on the machine at some point during the run; `nil` if
  /// there were none.
  public var otherRuns: [OtherRun]?

  /// Creates an environment.
  public init(
    processor: String, processors: Int, memoryBytes: UInt64, kernel: String, fileSystem: String,
    sqliteVersion: String, sqliteSourceID: String, compileOptions: [String], assayVersion: String
  ) {
    self.processor = processor
    self.processors = processors
    self.memoryBytes = memoryBytes
    self.kernel = kernel
    self.fileSystem = fileSystem
    self.sqliteVersion = sqliteVersion
    self.sqliteSourceID = sqliteSourceID
    self.compileOptions = compileOptions
    self.assayVersion = assayVersion
  }
}
