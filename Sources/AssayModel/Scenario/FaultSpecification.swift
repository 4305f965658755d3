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
    /// At the Nth operation of the VFS that `method` and `file` select, counted from 1.
    case operation(Int)
    /// When this many bytes have been written; only for `disk_full`.
    case afterBytes(ByteCount)
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

  /// Where in an operation of the VFS a process is killed.
  public enum Moment: String, CaseIterable, Codable, Sendable {
    /// Before it has any effect.
    case before
    /// In the middle of a write: its first half is in the file.
    case middle
    /// When it has taken effect, before SQLite hears of it.
    case after
  }

  /// How often a fault of the VFS happens once it was triggered.
  public enum Lasting: String, CaseIterable, Codable, Sendable {
    /// One operation fails; `every` and `probability` trigger it again.
    case once
    /// Every further operation fails as well.
    case forever
  }

  /// In which part of a process's life a fault strikes.
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
  /// The VFS method that is hit, such as `sync`; for faults of the VFS and `kill` at an operation.
  public var method: VFSMethod?
  /// The kind of file that is hit, such as `wal`; for faults of the VFS and for `tamper`.
  public var file: FileKind?
  /// Where in the operation the process is killed; only for `kill` with `operation`.
  public var moment: Moment = .before
  /// How often a fault of the VFS happens.
  public var lasting: Lasting = .once
  /// Whether a failed sync also loses what was not yet on the disk, as ext4, XFS and Btrfs do;
  /// only for `fsync_error`.
  public var dropsDirtyPages: Bool = false

  /// In which part of a process's life it strikes (`during:`); `nil` for the kind's default, which
  /// is `load` for `tamper` and `all` for the others.
  public var during: Phase?

  /// Whether it strikes in a part of a process's life.
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
