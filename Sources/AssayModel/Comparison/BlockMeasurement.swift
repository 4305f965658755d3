/// What one block of one variant gave: a fresh process on a copy of one template, a fraction of a
/// second of load, and everything that a comparison may want to know about it.
///
/// The block is the unit of every comparison; what lies inside it is never resampled. Dictionaries
/// are written in the order of their names by every writer that sorts keys, as all of ours do.
public struct BlockMeasurement: Hashable, Codable, Sendable {
  /// Acknowledged operations of all kinds while measuring.
  public var operations: UInt64
  /// How long was measured, warm-up excluded; above zero.
  public var duration: Nanoseconds
  /// What operations took from their start to their end, in nanoseconds, by name of the kind, such
  /// as `store`. Of an open loop that leaves out the waiting for an earlier one: how long a queue
  /// gets while a shared machine stands still differs tenfold from block to block, and hides what
  /// an operation takes. That the queue grew for good is `isOverloaded`. An operation that was not
  /// acknowledged by the end enters with its age.
  public var latencies: [String: HistogramCounts]
  /// Counts that are exact in a scripted single schedule, by name, such as `syncs`; the same
  /// names in every block of a comparison. Empty when nothing was counted.
  public var counts: [String: UInt64]
  /// Figures that are not exact, by name, such as `peak_resident_bytes`,
  /// `disk_peak_bytes`,
  /// `wal_peak_bytes`, `bytes_written`.
  public var resources: [String: UInt64]
  /// The open loop fell behind for good: percentiles then describe the backlog and not the system.
  public var isOverloaded: Bool
  /// What the machine did meanwhile; `nil` when it was not looked at.
  public var environment: BlockEnvironment?
  /// Checks about correctness that were violated, with their witness; empty when all held.
  public var violations: [String]
  /// Outcomes of the attempts by operation: a kind, or the name of a transaction of workload `sql`;
  /// `nil` in files of earlier versions.
  public var attempts: [String: BlockAttempts]?

  /// Creates a measurement.
  public init(
    operations: UInt64, duration: Nanoseconds, latencies: [String: HistogramCounts] = [:],
    counts: [String: UInt64] = [:], resources: [String: UInt64] = [:],
    isOverloaded: Bool = false, environment: BlockEnvironment? = nil, violations: [String] = [],
    attempts: [String: BlockAttempts]? = nil
  ) {
    self.operations = operations
    self.duration = duration
    self.latencies = latencies
    self.counts = counts
    self.resources = resources
    self.isOverloaded = isOverloaded
    self.environment = environment
    self.violations = violations
    self.attempts = attempts
  }

  /// Acknowledged operations per second; 0 when nothing was measured.
  public var throughput: Double {
    duration > .zero ? Double(operations) / duration.seconds : 0
  }
}
