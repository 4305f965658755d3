import AssayModel

/// Both clocks at one moment.
struct ClockReading: Equatable, Sendable {
  var monotonic: MonotonicTime
  var boot: BootTime

  /// A stop between the two readings would look like a suspension of the machine.
  private static let together = Nanoseconds.milliseconds(1)
  private static let attempts = 5

  init(monotonic: MonotonicTime, boot: BootTime) {
    self.monotonic = monotonic
    self.boot = boot
  }

  /// Reads both clocks within a millisecond, as far as the machine allows.
  init(_ time: any TimeSource) {
    var before = time.monotonicNow()
    var boot = time.bootNow()
    var after = time.monotonicNow()
    var attempt = 1
    while after - before > Self.together, attempt < Self.attempts {
      before = after
      boot = time.bootNow()
      after = time.monotonicNow()
      attempt += 1
    }
    self.init(monotonic: after, boot: boot)
  }
}

/// Finds jumps of time in the readings that a process takes before and after each wait.
///
/// Two signs: the boot clock, which counts suspended time, gained on the monotonic clock; or a wait
/// ended long after its planned end. A stop outside of every wait cannot be told from work.
struct TimeJumpDetector {
  /// Shortest jump that is reported.
  let limit: Nanoseconds
  private var last: ClockReading?
  private var planned: MonotonicTime?
  /// Monotonic time in which the process could not act: jumps, and spans of work above the limit.
  private(set) var lost = Nanoseconds.zero
  /// Monotonic time of stops alone.
  private(set) var stopped = Nanoseconds.zero

  init(limit: Nanoseconds) {
    self.limit = limit
  }

  /// The process is about to wait until `deadline` at the latest.
  mutating func willWait(_ now: ClockReading, until deadline: MonotonicTime) -> TimeJump? {
    let jump = last.flatMap { suspension(from: $0, to: now) }
    if let last {
      let work = now.monotonic - last.monotonic
      if work > limit { lost = lost + work }
    }
    last = now
    planned = deadline
    return jump
  }

  /// The wait has ended, for whatever reason.
  mutating func didWake(_ now: ClockReading) -> TimeJump? {
    guard let last, let planned else { return nil }
    self.last = now
    self.planned = nil
    let late = now.monotonic - max(planned, last.monotonic)
    if late > limit {
      lost = lost + late
      stopped = stopped + late
    }
    if let jump = suspension(from: last, to: now) { return jump }
    guard late > limit else { return nil }
    return TimeJump(kind: .stopped, from: last.monotonic, until: now.monotonic, length: late)
  }

  private func suspension(from last: ClockReading, to now: ClockReading) -> TimeJump? {
    let gained = (now.boot - last.boot) - (now.monotonic - last.monotonic)
    guard gained > limit else { return nil }
    return TimeJump(
      kind: .suspended, from: last.monotonic, until: now.monotonic, length: gained)
  }
}

/// Watches the clocks while a coordinator waits; cells that are supervised together share one.
final class TimeWatch {
  /// Longest single wait: without a regular look a stop within a long wait would pass unseen.
  static let beat = Nanoseconds.milliseconds(100)
  /// Shortest jump that is reported. The scheduler of a loaded machine stays far below it.
  static let usualLimit = Nanoseconds.seconds(1)

  private let time: any TimeSource
  private var detector: TimeJumpDetector
  private let onBeat: () -> Void
  /// Every jump so far.
  private(set) var jumps: [TimeJump] = []

  /// - Parameter onBeat: called after each wait.
  init(
    _ time: any TimeSource, limit: Nanoseconds = TimeWatch.usualLimit,
    onBeat: @escaping () -> Void = {}
  ) {
    self.time = time
    self.onBeat = onBeat
    detector = TimeJumpDetector(limit: limit)
  }

  /// Monotonic time in which nothing could be done, for limits that must not count it.
  var lost: Nanoseconds { detector.lost }

  /// Monotonic time in which the process was stopped, which no budget counts.
  var stopped: Nanoseconds { detector.stopped }

  /// Waits by `poll`, one beat at most.
  ///
  /// - Parameter poll: gets the milliseconds that it may wait.
  func wait<Value>(until deadline: MonotonicTime, _ poll: (Int32) -> Value) -> Value {
    let now = ClockReading(time)
    let until = min(deadline, now.monotonic + Self.beat)
    note(detector.willWait(now, until: until))
    // Rounded up: waking a little late is better than spinning through the last millisecond.
    let remaining = max(0, (until - now.monotonic).rawValue)
    let value = poll(Int32(clamping: (remaining + 999_999) / 1_000_000))
    note(detector.didWake(ClockReading(time)))
    onBeat()
    return value
  }

  private func note(_ jump: TimeJump?) {
    if let jump { jumps.append(jump) }
  }
}
