public import AssayModel
import Reports

/// What a run would do, with an estimate of its time and disk.
public struct DryRun: Codable, Equatable, Sendable {
  /// Name of the scenario.
  public var scenario: String
  /// What it asks.
  public var question: String
  /// Where it runs.
  public var world: World
  /// Base of all seeds.
  public var seed: Seed
  /// The cells, in order.
  public var cells: [Cell]
  /// How often each cell runs.
  public var repetitions: Int
  /// Estimate of the time in seconds; absent where nothing limits it.
  public var seconds: Double?
  /// Upper estimate of the disk space in bytes, copies of the database included.
  public var diskBytes: Double
  /// The database that each repetition of a cell starts from a copy of.
  public var database: Database?

  /// A cell that would run.
  public struct Cell: Codable, Equatable, Sendable {
    /// Its id.
    public var id: String
    /// Worker processes.
    public var processes: Int
    /// Writers and readers of each process.
    public var actors: Int
    /// How long it measures, or what it explores.
    public var extent: String
  }

  /// A database that is copied.
  public struct Database: Codable, Equatable, Sendable {
    /// Its path.
    public var path: String
    /// Bytes of one copy: the file and its log.
    public var bytes: Int64
    /// Copies made in the whole run; there is one at a time, unless a check fails or with `--keep`.
    public var copies: Int
  }

  /// Estimates a plan; looks at the length of its database, and reads nothing else.
  public init(_ plan: Plan) {
    let isSimulated = plan.scenario.world == .simulated
    scenario = plan.scenario.name
    question = plan.scenario.question
    world = plan.scenario.world
    seed = plan.seed
    repetitions = isSimulated ? 1 : plan.scenario.repetitions
    cells = plan.cells.map { cell in
      Cell(
        id: cell.id, processes: cell.load.processes,
        actors: cell.load.writers + cell.load.readers,
        extent: isSimulated ? Self.exploredExtent(cell) : Self.extent(cell.load))
    }
    diskBytes = 0
    guard !isSimulated else {
      seconds = Self.budget(plan.cells)
      return
    }
    database = Self.database(plan)
    let cost = Self.cost(plan, copying: database)
    seconds = cost.seconds
    diskBytes = cost.bytes
  }

  /// The estimate of a plan for people.
  public static func text(_ plan: Plan) -> String { DryRun(plan).text }

  /// The cells, one a line, and the sums.
  public var text: String {
    var lines = ["\(scenario): \(question)"]
    for cell in cells {
      let extent = "\(Figures.count(cell.actors, "actor")), \(cell.extent)"
      lines.append(
        "  \(cell.id)  \(Figures.count(cell.processes, "process", "processes")) x \(extent)")
    }
    let count = Figures.count(cells.count, "cell")
    guard world == .real else {
      let time = seconds.map { "about \(Self.whole($0)) s at most" } ?? "without a limit of time"
      return (lines + ["\(count) in the simulated world, \(time), no disk; seed \(seed)"])
        .joined(separator: "\n")
    }
    lines.append(
      "\(count) x \(repetitions), about \(Self.whole(seconds ?? 0)) s and up to "
        + "\(Self.whole(diskBytes / 1_048_576)) MiB of disk; seed \(seed)")
    if let database {
      lines.append(
        "Each starts from a copy of \(database.path), "
          + "\(Self.whole(Double(database.bytes) / 1_048_576)) MiB; a copy is removed after its "
          + "cell unless a check fails, and the estimate holds all \(database.copies).")
    }
    return lines.joined(separator: "\n")
  }
}

extension DryRun {
  /// Set-up, start, observation and checks of a cell, measured on a two-core machine.
  private static let overheadSeconds = 0.7
  /// Slot of an event in the history.
  private static let bytesPerEvent = 64.0
  /// Operations a second of a fast cell; an upper estimate for the history's size.
  private static let operationsPerSecond = 60_000.0
  /// VACUUM INTO from and to one disk, measured on the same machine with a file of 300 MB.
  private static let copiedBytesPerSecond = 120e6

  private static func cost(
    _ plan: Plan, copying database: Database?
  ) -> (seconds: Double, bytes: Double) {
    let repetitions = Double(plan.scenario.repetitions)
    var (seconds, bytes) = (0.0, 0.0)
    for cell in plan.cells {
      let load = cell.load
      let actors = load.processes * (load.writers + load.readers)
      seconds += (measuredSeconds(load) + overheadSeconds) * repetitions
      bytes += history(load, actors: actors) * repetitions
      bytes += Double(load.keyCount) * Double(load.valueSize.bytes + 60) * 3
    }
    let copied = Double(database?.bytes ?? 0) * Double(database?.copies ?? 0)
    return (seconds + copied / copiedBytesPerSecond, bytes + copied)
  }

  /// The database of the cells that start from one; all of them start from the same in practice.
  private static func database(_ plan: Plan) -> Database? {
    let paths = plan.cells.compactMap { $0.storage.isInMemory ? nil : $0.storage.path }
    guard let first = paths.first, let size = FileLength.of(first) else { return nil }
    let log = FileLength.of(first + "-wal") ?? ByteCount(0)
    return Database(
      path: first, bytes: size.bytes + log.bytes, copies: paths.count * plan.scenario.repetitions)
  }

  /// Rounded up; a scenario may ask for more than a whole number can say.
  private static func whole(_ value: Double) -> Int { Int(min(value, 1e15).rounded(.up)) }

  private static func extent(_ load: LoadSettings) -> String {
    switch load.extent {
    case .duration(let duration): "\(duration.seconds) s after \(load.warmUp.seconds) s of warm-up"
    case .operations(let count): "\(count) operations"
    }
  }

  private static func measuredSeconds(_ load: LoadSettings) -> Double {
    switch load.extent {
    case .duration(let duration): duration.seconds + load.warmUp.seconds
    case .operations(let count): Double(count) / rate(load)
    }
  }

  private static func rate(_ load: LoadSettings) -> Double {
    if case .perSecond(let rate) = load.rate { return rate }
    return operationsPerSecond / 3
  }

  private static func history(_ load: LoadSettings, actors: Int) -> Double {
    let events: Double =
      switch load.extent {
      case .operations(let count): Double(count)
      case .duration: min(operationsPerSecond, rate(load) * 3) * measuredSeconds(load)
      }
    // Every actor has at least its first segment.
    return events * bytesPerEvent + Double(actors) * 262_144
  }
}

/// What `assay run --dry-run --json` prints.
public struct DryRunDocument: Codable, Equatable, Sendable {
  /// Version of this form; a published version never changes its meaning.
  public var schema = 1
  /// The scenarios in the order of the command line.
  public var scenarios: [DryRun]

  /// Creates a document.
  public init(scenarios: [DryRun]) {
    self.scenarios = scenarios
  }
}
