/// The `load:` section of a scenario: who does what, how often, for how long.
public struct LoadSettings: Hashable, Codable, Sendable {
  /// The built-in workloads, and the user's own SQL.
  public enum Workload: String, CaseIterable, Codable, Sendable {
    case kv, locks, ledger, mixed, sql, queue, backup, migration
    case listAppend = "list-append"
  }

  /// Which keys are asked for.
  public enum Distribution: String, CaseIterable, Codable, Sendable {
    case uniform, zipfian
  }

  /// When operations start.
  public enum Rate: Hashable, Codable, Sendable {
    /// Each actor starts the next operation when the last one has ended.
    case closed
    /// Poisson arrivals at this many operations a second over all actors of the cell; above 0.
    case perSecond(Double)
    /// Poisson arrivals at this share of what the first such cell does in a closed loop, which a
    /// pilot finds out before the run; above 0.
    case ofCapacity(Double)
    /// Poisson arrivals at the highest rate that holds a bound, which a search finds out for each
    /// cell before it runs.
    case highest(RateGoal)
  }

  /// When a cell ends.
  public enum Extent: Hashable, Codable, Sendable {
    /// After this time, warm-up not counted; above 0.
    case duration(Nanoseconds)
    /// After this many operations over all actors; at least 1.
    case operations(Int)
  }

  /// The steps that a writer of workload `mixed` can be told to make, in the order of their
  /// numbers.
  public static let mixedSteps = [
    "own", "counter", "several", "read", "checkpoint", "think", "savepoint", "refused", "resize",
    "checkpoint_full", "checkpoint_restart", "checkpoint_truncate",
  ]

  /// Whether each writer of workload `mixed` has a row of changing size as well: its mix has the
  /// step `resize`. The row's slot follows those of the others.
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

  /// What the actors do.
  public var workload: Workload
  /// Worker processes; at least 1.
  public var processes: Int = 1
  /// Writing actors per process; at least 0.
  public var writers: Int = 1
  /// Reading actors per process; at least 0.
  public var readers: Int = 0
  /// When the cell ends.
  public var extent: Extent = .duration(.seconds(5))
  /// Time at the start whose operations are checked but not measured.
  public var warmUp: Nanoseconds = .zero
  /// Pause of an actor between two operations.
  public var think: Nanoseconds = .zero
  /// Time that protected work takes while a lock is held (workload `locks`).
  public var hold: Nanoseconds = .zero
  /// When operations start.
  public var rate: Rate = .closed
  /// Share of the arrivals that the readers have, in 0...1; `nil` for as many for each actor. Found
  /// with the capacity that `rate` is a share of, as readers are mostly faster.
  public var readerShare: Double?
  /// What a writer of workload `kv` or `mixed` does, by weight; empty means stores only, or the
  /// mix that `mixed` has of its own.
  public var mix: [Share] = []
  /// Keys, accounts, lock names or rows of each writer of `mixed`; at least 1.
  public var keyCount: Int
  /// Which of them are asked for.
  public var distribution: Distribution = .uniform
  /// Size of a value in bytes; at least 16, which hold the nonce.
  public var valueSize: ByteCount = ByteCount(100)
  /// The user's own SQL; only for workload `sql`.
  public var sql: SQLLoad?
  /// How long one evaluation of an invariant may run in the real world; `nil` for the usual time.
  public var invariantTimeout: Nanoseconds?

  /// How long one evaluation of an invariant may run in the real world.
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
