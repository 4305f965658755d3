import AssayModel
import Synchronization

/// The clocks of one process, which a `clock` fault can move.
///
/// The monotonic clock is never moved: histories of all processes share it.
final class ProcessClock: TimeSource {
  private let base: any TimeSource
  // Read without the lock on every call when no fault ever came.
  private let isMoved = Atomic<Bool>(false)
  private let offsets = Mutex(ClockOffsets())

  init(_ base: any TimeSource) {
    self.base = base
  }

  /// Moves the clocks from now on; drifts replace each other, offsets add up.
  func apply(_ change: FaultSpecification.ClockChange) {
    let now = base.monotonicNow()
    offsets.withLock { $0.apply(change, at: now) }
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
