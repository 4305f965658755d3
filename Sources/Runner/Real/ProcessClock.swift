import AssayModel
import Synchronization

/// The clocks of one process, which a `clock` fault can move.
///
/// The monotonic clock is never moved: histories of all processes share it.
final class ProcessClock: TimeSource {
  private struct Offsets {
    var clocks: FaultSpecification.ClockChange.Clocks = .wall
    /// Constant part, from skews and steps, in nanoseconds.
    var constant: Int64 = 0
    /// Rate error from `since` on.
    var drift: Double = 0
    var since = MonotonicTime(nanoseconds: 0)

    func offset(at now: MonotonicTime) -> Int64 {
      drift == 0 ? constant : constant + Int64(drift * Double((now - since).rawValue))
    }
  }

  /// A century: many steps together must not leave the range of a span.
  private static let farthest: Int64 = 3_155_760_000_000_000_000

  private let base: any TimeSource
  // Read without the lock on every call when no fault ever came.
  private let isMoved = Atomic<Bool>(false)
  private let offsets = Mutex(Offsets())

  init(_ base: any TimeSource) {
    self.base = base
  }

  /// Moves the clocks from now on; drifts replace each other, offsets add up.
  func apply(_ change: FaultSpecification.ClockChange) {
    let now = base.monotonicNow()
    offsets.withLock { offsets in
      let moved = offsets.offset(at: now) + change.skew.rawValue + change.step.rawValue
      offsets.constant = min(max(moved, -Self.farthest), Self.farthest)
      offsets.drift = change.drift
      offsets.since = now
      offsets.clocks = change.clocks
    }
    isMoved.store(true, ordering: .releasing)
  }

  func monotonicNow() -> MonotonicTime { base.monotonicNow() }

  func bootNow() -> BootTime {
    let time = base.bootNow()
    guard isMoved.load(ordering: .acquiring) else { return time }
    let now = base.monotonicNow()
    return offsets.withLock { offsets in
      offsets.clocks == .all ? time + Nanoseconds(offsets.offset(at: now)) : time
    }
  }

  func wallNow() -> WallTime {
    let time = base.wallNow()
    guard isMoved.load(ordering: .acquiring) else { return time }
    let now = base.monotonicNow()
    return offsets.withLock { offsets in
      WallTime(milliseconds: time.milliseconds + offsets.offset(at: now) / 1_000_000)
    }
  }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    try base.sleep(until: deadline)
  }
}
