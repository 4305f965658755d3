/// The `load:` section of a scenario: the operations of the actors, their rate and their duration.
public struct LoadSettings: Hashable, Codable, Sendable {
  /// The built-in workloads, and the user's own SQL.
  public enum Workload: String, CaseIterable, Codable, Sendable {
    case kv, locks, ledger, mixed, sql, queue, backup, migration
    case listAppend = "list-append"
  }

  /// Distributions of the keys that operations access.
  public enum Distribution: String, CaseIterable, Codable, Sendable {
    case uniform, zipfian
  }

  /// Arrival process of the operations.
  public enum Rate: Hashable, Codable, Sendable {
    /// Closed loop: each actor starts its next operation when the last one has ended.
    case closed
    /// Poisson arrivals at this many operations per second over all actors of the cell; above 0.
    case perSecond(Double)
    /// Poisson arrivals at this share of the first such cell's closed-loop throughput, which a
    /// pilot measures before the run; above 0.
    case ofCapacity(Double)
    /// Poisson arrivals at the highest rate that holds a bound, which a search determines for each
    /// cell before it runs.
    case highest(RateGoal)
  }

  /// Conditions that end a cell.
  public enum Extent: Hashable, Codable, Sendable {
    /// After this time, warm-up not counted; above 0.
    case duration(Nanoseconds)
    /// After this many operations over all actors; at least 1.
    case operations(Int)
  }

  /// Steps that a writer of workload `mixed` can be told to perform, in the order of their numbers.
  public static let mixedSteps = [
    "own", "counter", "several", "read", "checkpoint", "think", "savepoint", "refused", "resize",
    "checkpoint_full", "checkpoint_restart", "checkpoint_truncate",
  ]

  /// True if each writer of workload `mixed` also has a row of changing size: its mix has the step
  /// `resize`. The row's slot follows those of the others.
  public var hasMixedBulkRows: Bool {
    workload == .mixed && mix.contains { $0.operation == "resize" && $0.weight > 0 }
  }

  /// One kind of operation and its share of the mix.
  public struct Share: Hashable, Codable, Sendable {
    /// The kind, such as `read`, `store`, `delete`.
    public var operation: String
    /// Its weight relative to the others; at least 0.
    public var weight: Int

    /// Creates a share.
    public init(operation: String, weight: Int) {
      self.operation = operation
      self.weight = weight
    }
  }

  /// Workload that the actors run.
  public var workload: Workload
  /// Number of worker processes; at least 1.
  public var processes: Int = 1
  /// Number of writing actors per process; at least 0.
  public var writers: Int = 1
  /// Number of reading actors per process; at least 0.
  public var readers: Int = 0
  /// Condition that ends the cell.
  public var extent: Extent = .duration(.seconds(5))
  /// Warm-up at the start, whose operations are checked but not measured.
  public var warmUp: Nanoseconds = .zero
  /// Pause of an actor between two operations.
  public var think: Nanoseconds = .zero
  /// Duration of the protected work while a lock is held (workload `locks`).
  public var hold: Nanoseconds = .zero
  /// Arrival process of the operations.
  public var rate: Rate = .closed
  /// Share of the arrivals that go to the readers, in 0...1; `nil` for an equal number for each
  /// actor. Measured together with the capacity that `rate` is a share of, as readers are mostly
  /// faster.
  public var readerShare: Double?
  /// Mix of a writer of workload `kv` or `mixed`, by weight; empty means stores only for `kv`, and
  /// the built-in mix for `mixed`.
  public var mix: [Share] = []
  /// Number of keys, accounts or lock names, or of rows of each writer of `mixed`; at least 1.
  public var keyCount: Int
  /// Distribution of the keys that operations access.
  public var distribution: Distribution = .uniform
  /// Size of a value in bytes; at least 16, the room that the nonce needs.
  public var valueSize: ByteCount = ByteCount(100)
  /// The user's own SQL; only for workload `sql`.
  public var sql: SQLLoad?
  /// Longest run time of one evaluation of an invariant in the real world; `nil` for the default.
  public var invariantTimeout: Nanoseconds?

  /// Longest run time of one evaluation of an invariant in the real world, default applied.
  public var invariantLimit: Nanoseconds { invariantTimeout ?? .seconds(10) }

  /// Creates the defaults of a workload.
  public init(workload: Workload) {
    self.workload = workload
    switch workload {
    case .kv: keyCount = 100_000
    case .locks: keyCount = 1
    case .mixed: keyCount = 24
    default: keyCount = 1_000
    }
  }
}
