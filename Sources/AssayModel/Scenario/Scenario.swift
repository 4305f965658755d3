/// Where a scenario runs.
public enum World: String, CaseIterable, Codable, Sendable {
  /// Real processes, files and time.
  case real
  /// One process, a simulated disk and virtual time.
  case simulated
}

/// A scenario file after validation: one question, the settings to compare, the load, the faults
/// and what is expected.
///
/// The settings here are those of the file without its matrix; a `Plan` holds every cell resolved.
public struct Scenario: Hashable, Codable, Sendable {
  /// Lower-case letters, digits and hyphens; names the folder of results.
  public var name: String
  /// The question that a run answers, for people.
  public var question: String
  /// Free labels for `assay list`.
  public var tags: [String] = []
  /// What the table and the headline of a run show; `nil` for the defaults.
  public var show: [ShownFigure]?
  /// Where it runs.
  public var world: World = .real
  /// The settings that all cells start from.
  public var storage = StorageSettings()
  /// The lock settings that all cells start from.
  public var locks = LockSettings()
  /// The load that all cells start from.
  public var load: LoadSettings
  /// Each axis multiplies the cells.
  public var matrix: [MatrixAxis] = []
  /// Interleaved repetitions of all cells; at least 1.
  public var repetitions: Int = 1
  /// What breaks, and when.
  public var faults: [FaultSpecification] = []
  /// Standing properties of the device.
  public var disk = DiskSettings()
  /// What the file system layer counts.
  public var probe = Probe.none
  /// What the simulated world explores; `nil` in the real one.
  public var explore: ExploreSettings?
  /// What must be found.
  public var expectations: [Expectation] = []
  /// Checks to run and report beyond those that `expectations` name.
  public var furtherChecks: [CheckName] = []
  /// What a gate compares; `nil` where the scenario does not say.
  public var gate: GateSettings?
  /// What a recommendation of its settings must keep; `nil` without a `tune:` section.
  public var tune: TuneSettings?

  /// Creates a scenario with defaults.
  public init(name: String, question: String, load: LoadSettings) {
    self.name = name
    self.question = question
    self.load = load
  }
}

/// One key of the matrix with the values that it takes.
public struct MatrixAxis: Hashable, Codable, Sendable {
  /// The setting's path, such as `locks.ttl`.
  public var path: String
  /// The values as the file has them; at least one.
  public var values: [String]

  /// Creates an axis.
  public init(path: String, values: [String]) {
    self.path = path
    self.values = values
  }
}
