/// Worlds in which a scenario can run.
public enum World: String, CaseIterable, Codable, Sendable {
  /// Real processes, files and time.
  case real
  /// One process, a simulated disk and virtual time.
  case simulated
}

/// A scenario file after validation: one question, the settings to compare, the load, the faults
/// and the expectations.
///
/// These settings are those of the file without its matrix; a `Plan` holds every cell resolved.
public struct Scenario: Hashable, Codable, Sendable {
  /// Name of the scenario and of its results folder: lower-case letters, digits and hyphens.
  public var name: String
  /// Question that a run answers, for human readers.
  public var question: String
  /// Free labels for `assay list`.
  public var tags: [String] = []
  /// Figures that the table and the headline of a run show; `nil` for the defaults.
  public var show: [ShownFigure]?
  /// World in which it runs.
  public var world: World = .real
  /// Storage settings from which all cells start.
  public var storage = StorageSettings()
  /// Lock settings from which all cells start.
  public var locks = LockSettings()
  /// Load from which all cells start.
  public var load: LoadSettings
  /// Axes of the matrix; each one multiplies the number of cells.
  public var matrix: [MatrixAxis] = []
  /// Number of interleaved repetitions of all cells; at least 1.
  public var repetitions: Int = 1
  /// Faults to inject, with their triggers.
  public var faults: [FaultSpecification] = []
  /// Permanent properties of the device.
  public var disk = DiskSettings()
  /// Measurements taken by the file system layer.
  public var probe = Probe.none
  /// Exploration settings of the simulated world; `nil` in the real one.
  public var explore: ExploreSettings?
  /// Expected results of the checks.
  public var expectations: [Expectation] = []
  /// Checks to run and report in addition to those that `expectations` name.
  public var furtherChecks: [CheckName] = []
  /// Gate settings; `nil` if the scenario does not specify them.
  public var gate: GateSettings?
  /// Tuning constraints and objectives; `nil` without a `tune:` section.
  public var tune: TuneSettings?

  /// Creates a scenario with defaults.
  public init(name: String, question: String, load: LoadSettings) {
    self.name = name
    self.question = question
    self.load = load
  }
}

/// One key of the matrix with its values.
public struct MatrixAxis: Hashable, Codable, Sendable {
  /// The setting's path, such as `locks.ttl`.
  public var path: String
  /// Values as written in the file; at least one.
  public var values: [String]

  /// Creates an axis.
  public init(path: String, values: [String]) {
    self.path = path
    self.values = values
  }
}
