/// A scenario with every default, matrix cell and seed resolved: ready to run, with no randomness
/// left to draw.
public struct Plan: Hashable, Codable, Sendable {
  /// Scenario from which the plan was made.
  public var scenario: Scenario
  /// Base of all seeds.
  public var seed: Seed
  /// The cells, in the order of the matrix (last axis fastest).
  public var cells: [PlannedCell]

  /// Creates a plan.
  public init(scenario: Scenario, seed: Seed, cells: [PlannedCell]) {
    self.scenario = scenario
    self.seed = seed
    self.cells = cells
  }
}

/// One point of the matrix, complete in itself.
public struct PlannedCell: Hashable, Codable, Sendable {
  /// The matrix values joined, such as `locks.ttl=250ms,locks.owner=random`; `default` without a
  /// matrix. Unique in the plan.
  public var id: String
  /// The matrix values of this cell, in the order of the axes.
  public var parameters: [Assignment]
  /// Its settings.
  public var storage: StorageSettings
  /// Its lock settings.
  public var locks: LockSettings
  /// Its load.
  public var load: LoadSettings
  /// Its faults.
  public var faults: [FaultSpecification]
  /// Permanent properties of its device.
  public var disk = DiskSettings()
  /// Measurements taken by its file system layer.
  public var probe = Probe.none
  /// Exploration settings; `nil` in the real world.
  public var explore: ExploreSettings?
  /// Its expectations: per check the rules whose parameter conditions fit this cell, in order;
  /// conditions on the library are left in place, since only a worker knows the library.
  public var expectations: [Expectation]
  /// Checks to run and report without an expectation.
  public var furtherChecks: [CheckName]
  /// Base of the cell's seeds, derived from the plan's seed and `id`.
  public var seed: Seed

  /// Creates a cell.
  public init(
    id: String, parameters: [Assignment], storage: StorageSettings, locks: LockSettings,
    load: LoadSettings, faults: [FaultSpecification], expectations: [Expectation],
    furtherChecks: [CheckName], seed: Seed
  ) {
    self.id = id
    self.parameters = parameters
    self.storage = storage
    self.locks = locks
    self.load = load
    self.faults = faults
    self.expectations = expectations
    self.furtherChecks = furtherChecks
    self.seed = seed
  }

  /// The value of a setting that bound expressions may name.
  public func value(of variable: BoundExpression.Variable) -> Nanoseconds? {
    switch variable {
    case .ttl: locks.ttl
    case .busyTimeout: storage.busyTimeout
    case .queryTimeout: storage.queryTimeout
    case .acquireTimeout: storage.acquireTimeout
    }
  }
}
