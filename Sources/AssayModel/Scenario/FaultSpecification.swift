/// One entry of a scenario's `faults:` list: the fault, its target and its trigger.
public struct FaultSpecification: Hashable, Codable, Sendable {
  /// Kinds of faults.
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

  /// Targets of a fault.
  public enum Target: Hashable, Codable, Sendable {
    /// The process that holds a lock or is inside a write.
    case holder
    /// A process drawn from the cell's seed.
    case random
    /// Every process.
    case all
    /// A process by number, from 0.
    case process(Int)
    /// A named target: a lock, a method of the VFS, a file.
    case named(String)
  }

  /// Conditions that trigger a fault.
  public enum Trigger: Hashable, Codable, Sendable {
    /// Once, this long after the start of measuring.
    case at(Nanoseconds)
    /// Periodically, the first time after one period.
    case every(Nanoseconds)
    /// Once the target process has acknowledged this many commits; at least 1.
    case afterCommits(Int)
    /// At the Nth operation of the VFS that `method` and `file` select, counted from 1.
    case operation(Int)
    /// Once this many bytes have been written; only for `disk_full`.
    case afterBytes(ByteCount)
    /// At each operation of the VFS with this probability.
    case probability(Probability)
  }

  /// Owner identifier under which a killed process returns.
  public enum RestartOwner: String, CaseIterable, Codable, Sendable {
    /// As `locks.owner` specifies.
    case asConfigured
    case same
    case new
  }

  /// Point in an operation of the VFS at which a process is killed.
  public enum Moment: String, CaseIterable, Codable, Sendable {
    /// Before the operation has any effect.
    case before
    /// In the middle of a write: its first half is in the file.
    case middle
    /// After the operation has taken effect, before SQLite sees its result.
    case after
  }

  /// Number of VFS operations that a triggered fault affects.
  public enum Lasting: String, CaseIterable, Codable, Sendable {
    /// One operation fails; `every` and `probability` trigger it again.
    case once
    /// Every later operation fails as well.
    case forever
  }

  /// Phase of a process's life in which a fault strikes.
  public enum Phase: String, CaseIterable, Codable, Sendable {
    /// While it opens the database, recovers it, and prepares its work.
    case open
    /// While its actors work.
    case load
    /// While it closes its connections, after its actors have ended.
    case close
    /// Always.
    case all
  }

  /// Changes that a `clock` fault makes to the target's clocks.
  public struct ClockChange: Hashable, Codable, Sendable {
    /// Clocks of the process that move.
    public enum Clocks: String, CaseIterable, Codable, Sendable {
      /// The wall clock only, as with a misconfigured NTP server or an operator's mistake.
      case wall
      /// Wall and boot clock, as on a separate host whose oscillator is off.
      case all
    }

    /// Constant offset from the trigger on; may be negative.
    public var skew: Nanoseconds = .zero
    /// Rate error from the trigger on: 0.01 gains 10 ms per second; above -1.
    public var drift: Double = 0
    /// One jump at the trigger; may be negative.
    public var step: Nanoseconds = .zero
    /// Clocks that move.
    public var clocks: Clocks = .wall

    /// Creates a change that has no effect yet.
    public init() {}
  }

  /// Kind of the fault.
  public var kind: Kind
  /// Target of the fault.
  public var target: Target
  /// Trigger of the fault.
  public var trigger: Trigger
  /// Duration (`for:`), for example of a pause; `nil` if it does not end.
  public var duration: Nanoseconds?
  /// Delay after which a killed process returns; `nil` if it never does.
  public var restartAfter: Nanoseconds?
  /// Owner identifier under which it returns.
  public var restartOwner: RestartOwner = .asConfigured
  /// Change to the clocks; only for `clock`.
  public var clock: ClockChange?
  /// VFS method that is hit, such as `sync`; for faults of the VFS and `kill` at an operation.
  public var method: VFSMethod?
  /// Kind of file that is hit, such as `wal`; for faults of the VFS and for `tamper`.
  public var file: FileKind?
  /// Point in the operation at which the process is killed; only for `kill` with `operation`.
  public var moment: Moment = .before
  /// Number of operations that a triggered fault of the VFS affects.
  public var lasting: Lasting = .once
  /// True if a failed sync also drops the data that had not reached the disk, as ext4, XFS and
  /// Btrfs do; only for `fsync_error`.
  public var dropsDirtyPages: Bool = false

  /// Phase of a process's life in which the fault strikes (`during:`); `nil` for the kind's
  /// default, which is `load` for `tamper` and `all` for the others.
  public var during: Phase?

  /// Returns true if the fault strikes in the given phase of a process's life.
  public func strikes(in phase: Phase) -> Bool {
    let own = during ?? (kind == .tamper ? .load : .all)
    return own == .all || own == phase
  }

  /// Creates a fault.
  public init(kind: Kind, target: Target, trigger: Trigger) {
    self.kind = kind
    self.target = target
    self.trigger = trigger
  }
}
