/// What the machine did while a block was measured. A reading that the machine does not offer is
/// `nil`, and nothing follows from it.
public struct BlockEnvironment: Hashable, Codable, Sendable {
  /// Share of all processors' time that the hypervisor gave to others, in 0...1 (`/proc/stat`,
  /// column `steal`).
  public var stealShare: Double?
  /// Load average of the last minute at the block's end (`/proc/loadavg`).
  public var loadAverage: Double?
  /// Model name of the processor (`/proc/cpuinfo`).
  public var processor: String?
  /// Number of processors that the block could use.
  public var processors: Int?
  /// Clock of the processors at the block's end in megahertz, mean.
  public var megahertz: Double?
  /// Median time of a small write with fsync beside the database, taken before the block.
  public var fsyncCanary: Nanoseconds?

  /// Creates readings.
  public init(
    stealShare: Double? = nil, loadAverage: Double? = nil, processor: String? = nil,
    processors: Int? = nil, megahertz: Double? = nil, fsyncCanary: Nanoseconds? = nil
  ) {
    self.stealShare = stealShare
    self.loadAverage = loadAverage
    self.processor = processor
    self.processors = processors
    self.megahertz = megahertz
    self.fsyncCanary = fsyncCanary
  }
}
