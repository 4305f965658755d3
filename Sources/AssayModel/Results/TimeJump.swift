/// A stretch of time that the harness did not live through: its process was stopped, or the machine
/// was suspended.
public struct TimeJump: Hashable, Codable, Sendable {
  /// How it was noticed.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// The coordinator woke up much later than it had asked for: `SIGSTOP`, a paused virtual
    /// machine, or a machine that gave it no processor.
    case stopped
    /// `CLOCK_BOOTTIME` went on while `CLOCK_MONOTONIC` stood still: the machine slept.
    case suspended
  }

  /// How it was noticed.
  public var kind: Kind
  /// Last reading before the jump.
  public var from: MonotonicTime
  /// First reading after it. After a suspension hardly later than `from`: the monotonic clock
  /// stood.
  public var until: MonotonicTime
  /// Time that is missing: of a stop what exceeds the planned wait.
  public var length: Nanoseconds

  /// Creates a jump.
  public init(kind: Kind, from: MonotonicTime, until: MonotonicTime, length: Nanoseconds) {
    self.kind = kind
    self.from = from
    self.until = until
    self.length = length
  }

  /// Whether an operation that lasted from one time to the other contains a good part of the jump.
  public func isInside(_ began: MonotonicTime, _ ended: MonotonicTime) -> Bool {
    if kind == .suspended { return began <= from && ended >= until }
    let overlap = min(ended, until) - max(began, from)
    return overlap.rawValue >= length.rawValue / 2
  }
}

/// A jump of time as `result.json` holds it, with its traces in the histories.
public struct TimeJumpResult: Codable, Equatable, Sendable {
  /// How it was noticed.
  public var kind: TimeJump.Kind
  /// Which repetition.
  public var repetition: Int
  /// Nanoseconds from the beginning of measuring to the jump; negative during the warm-up.
  public var at: Int64
  /// Nanoseconds that are missing.
  public var length: Int64
  /// Operations that were acknowledged in the middle of the jump. None: the workers were stopped
  /// too.
  public var completedMeanwhile: UInt64
  /// Operations that lasted through the jump, so that their latencies contain it.
  public var lastedThrough: UInt64
  /// Longest response among them in nanoseconds; 0 where there are none.
  public var longestThrough: UInt64

  /// Creates an entry.
  public init(
    kind: TimeJump.Kind, repetition: Int, at: Int64, length: Int64, completedMeanwhile: UInt64,
    lastedThrough: UInt64, longestThrough: UInt64
  ) {
    self.kind = kind
    self.repetition = repetition
    self.at = at
    self.length = length
    self.completedMeanwhile = completedMeanwhile
    self.lastedThrough = lastedThrough
    self.longestThrough = longestThrough
  }
}

/// Another run of Assay that worked on the same machine.
public struct OtherRun: Hashable, Codable, Sendable {
  /// Its process id.
  public var process: Int32
  /// When it began.
  public var started: WallTime
  /// Its scenario.
  public var scenario: String

  /// Creates an entry.
  public init(process: Int32, started: WallTime, scenario: String) {
    self.process = process
    self.started = started
    self.scenario = scenario
  }
}
