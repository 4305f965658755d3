/// State of the machine while a block was measured. A reading that the machine does not offer is
/// `nil` and supports no conclusion.
public struct BlockEnvironment: Hashable, Codable, Sendable {
  /// Share of all processors' time that the hypervisor gave to other guests, in 0...1
  /// (`/proc/stat`, column `steal`).
  public var stealShare: Double?
  /// One-minute load average at the block's end (`/proc/loadavg`).
  public var loadAverage: Double?
  /// Model name of the processor (`/proc/cpuinfo`).
  public var processor: String?
  /// Number of processors that the block could use.
  public var processors: Int?
  /// Mean clock rate of the processors at the block's end, in megahertz.
  public var megahertz: Double?
  /// Median time of a small write with fsync next to the database, taken before the block.
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
