/// Measurement of one block of one variant: a fresh process on a copy of one template, a fraction
/// of a second of load, and all data that a comparison may need.
///
/// The block is the unit of every comparison; the data inside it is never resampled. Every writer
/// that sorts keys, as all of ours do, writes dictionaries in the order of their names.
public struct BlockMeasurement: Hashable, Codable, Sendable {
  /// Acknowledged operations of all kinds while measuring.
  public var operations: UInt64
  /// Time measured, warm-up excluded; above zero.
  public var duration: Nanoseconds
  /// Latencies of operations from their start to their end, in nanoseconds, by name of the kind,
  /// such as `store`. In an open loop they exclude the wait for an earlier operation: the length of
  /// a queue while a shared machine stalls differs tenfold from block to block and would hide the
  /// time that an operation takes. `isOverloaded` reports a queue that grew for good. An operation
  /// not acknowledged by the end is recorded with its age.
  public var latencies: [String: HistogramCounts]
  /// Counts that are exact in a scripted single schedule, by name, such as `syncs`; the same names
  /// in every block of a comparison. Empty if nothing was counted.
  public var counts: [String: UInt64]
  /// Figures that are not exact, by name, such as `peak_resident_bytes`, `disk_peak_bytes`,
  /// `wal_peak_bytes`, `bytes_written`.
  public var resources: [String: UInt64]
  /// True if the open loop fell behind for good: percentiles then describe the backlog and not the
  /// system.
  public var isOverloaded: Bool
  /// Machine readings during the block; `nil` if none were taken.
  public var environment: BlockEnvironment?
  /// Correctness checks that were violated, with their witness; empty if all held.
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

  /// Acknowledged operations per second; 0 if nothing was measured.
  public var throughput: Double {
    duration > .zero ? Double(operations) / duration.seconds : 0
  }
}
