/// A stretch of time during which the harness did not run: its process was stopped, or the machine
/// was suspended.
public struct TimeJump: Hashable, Codable, Sendable {
  /// Symptom by which the jump was detected.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// The coordinator woke up much later than requested: `SIGSTOP`, a paused virtual machine, or a
    /// machine that gave it no processor.
    case stopped
    /// `CLOCK_BOOTTIME` advanced while `CLOCK_MONOTONIC` did not: the machine slept.
    case suspended
  }

  /// Symptom by which the jump was detected.
  public var kind: Kind
  /// Last clock reading before the jump.
  public var from: MonotonicTime
  /// First clock reading after the jump. After a suspension it is hardly later than `from`, because
  /// the monotonic clock did not advance.
  public var until: MonotonicTime
  /// Missing time; for a stop, the excess over the planned wait.
  public var length: Nanoseconds

  /// Creates a jump.
  public init(kind: Kind, from: MonotonicTime, until: MonotonicTime, length: Nanoseconds) {
    self.kind = kind
    self.from = from
    self.until = until
    self.length = length
  }

  /// Returns true if an operation between these two times contains a good part of the jump: all of
  /// a suspension, or at least half the length of a stop.
  public func isInside(_ began: MonotonicTime, _ ended: MonotonicTime) -> Bool {
    if kind == .suspended { return began <= from && ended >= until }
    let overlap = min(ended, until) - max(began, from)
    return overlap.rawValue >= length.rawValue / 2
  }
}

/// A time jump as `result.json` stores it, with its traces in the histories.
public struct TimeJumpResult: Codable, Equatable, Sendable {
  /// Symptom by which the jump was detected.
  public var kind: TimeJump.Kind
  /// Index of the repetition, from 0.
  public var repetition: Int
  /// Nanoseconds from the start of measuring to the jump; negative during the warm-up.
  public var at: Int64
  /// Missing time in nanoseconds.
  public var length: Int64
  /// Number of operations acknowledged in the middle of the jump. 0 means that the workers were
  /// stopped too.
  public var completedMeanwhile: UInt64
  /// Number of operations that were under way during the jump, so that their latencies contain it.
  public var lastedThrough: UInt64
  /// Longest response time among them in nanoseconds; 0 if there are none.
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

/// Another run of Assay that was active on the same machine.
public struct OtherRun: Hashable, Codable, Sendable {
  /// Its process id.
  public var process: Int32
  /// Start of that run.
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
