/// One entry of a scenario's `faults:` list: what to break, where, and when.
public struct FaultSpecification: Hashable, Codable, Sendable {
  /// What can be broken.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case kill, pause, clock, tamper
    case staleLock = "stale_lock"
    case ioError = "io_error"
    case shortRead = "short_read"
    case diskFull = "disk_full"
    case fsyncError = "fsync_error"
    case bitFlip = "bit_flip"
    case silentLock = "silent_lock"
  }

  /// What the fault hits.
  public enum Target: Hashable, Codable, Sendable {
    /// The process that holds a lock or is inside a write.
    case holder
    /// A process drawn from the cell's seed.
    case random
    /// Every process.
    case all
    /// A process by number, from 0.
    case process(Int)
    /// A thing by its name: a lock, a method of the VFS, a file.
    case named(String)
  }

  /// When the fault happens.
  public enum Trigger: Hashable, Codable, Sendable {
    /// Once, this long after the start of measuring.
    case at(Nanoseconds)
    /// Again and again with this period, the first time after one period.
    case every(Nanoseconds)
    /// When the target process has acknowledged this many commits; at least 1.
    case afterCommits(Int)
    /// At the Nth operation of the VFS, counted from 1.
    case operation(Int)
    /// At each operation of the VFS with this probability.
    case probability(Probability)
  }

  /// Under which owner a killed process returns.
  public enum RestartOwner: String, CaseIterable, Codable, Sendable {
    /// What `locks.owner` says.
    case asConfigured
    case same
    case new
  }

  /// What a `clock` fault does to the target's clocks.
  public struct ClockChange: Hashable, Codable, Sendable {
    /// Which clocks of the process move.
    public enum Clocks: String, CaseIterable, Codable, Sendable {
      /// The wall clock only, as a mistaken NTP server or an operator would.
      case wall
      /// Wall and boot clock, as on a host of its own whose oscillator is wrong.
      case all
    }

    /// Constant offset from the trigger on; may be negative.
    public var skew: Nanoseconds = .zero
    /// Rate error from the trigger on: 0.01 gains 10 ms a second; above -1.
    public var drift: Double = 0
    /// One jump at the trigger; may be negative.
    public var step: Nanoseconds = .zero
    /// Which clocks move.
    public var clocks: Clocks = .wall

    /// Creates a change that does nothing yet.
    public init() {}
  }

  /// What breaks.
  public var kind: Kind
  /// What it hits.
  public var target: Target
  /// When.
  public var trigger: Trigger
  /// How long it lasts (`for:`), such as a pause; `nil` where it does not end.
  public var duration: Nanoseconds?
  /// A killed process returns after this delay; `nil` never.
  public var restartAfter: Nanoseconds?
  /// Under which owner it returns.
  public var restartOwner: RestartOwner = .asConfigured
  /// What happens to the clocks; only for `clock`.
  public var clock: ClockChange?
  /// The VFS method that is hit, such as `sync`; only for faults of the VFS.
  public var method: String?
  /// The kind of file that is hit, such as `wal`; only for faults of the VFS.
  public var file: String?

  /// Creates a fault.
  public init(kind: Kind, target: Target, trigger: Trigger) {
    self.kind = kind
    self.target = target
    self.trigger = trigger
  }
}
