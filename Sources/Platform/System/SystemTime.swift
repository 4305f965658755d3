public import AssayModel
import Glibc

/// The real clocks of this machine: `CLOCK_MONOTONIC`, `CLOCK_BOOTTIME`, `CLOCK_REALTIME`.
public final class SystemTime: TimeSource {
  /// Creates the source; all instances read the same clocks.
  public init() {}

  /// Reads `CLOCK_MONOTONIC`, without a system call on machines with a vDSO.
  public func monotonicNow() -> MonotonicTime {
    MonotonicTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC))
  }

  /// Reads `CLOCK_BOOTTIME`.
  public func bootNow() -> BootTime {
    BootTime(nanoseconds: nanoseconds(of: CLOCK_BOOTTIME))
  }

  /// Reads `CLOCK_REALTIME`, rounded down to whole milliseconds.
  public func wallNow() -> WallTime {
    let now = read(CLOCK_REALTIME)
    return WallTime(milliseconds: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000)
  }

  /// Blocks the calling thread until `deadline`; never returns early and never throws.
  ///
  /// Uses `clock_nanosleep` with `TIMER_ABSTIME`: a signal in between does not shift the deadline.
  public func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    var until = timespec(deadline)
    var result = EINTR
    while result == EINTR {
      result = unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nil)
    }
    precondition(result == 0, "clock_nanosleep answered \(result)")
  }

  private func nanoseconds(of clock: clockid_t) -> UInt64 {
    let now = read(clock)
    return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
  }

  private func read(_ clock: clockid_t) -> timespec {
    var now = timespec()
    let result = unsafe clock_gettime(clock, &now)
    // The call fails only for an unknown clock, and Linux has had all three since 2.6.39.
    precondition(result == 0, "clock_gettime(\(clock)) answered errno \(errno)")
    return now
  }
}

extension timespec {
  /// Converts the monotonic time to the C structure.
  init(_ time: MonotonicTime) {
    self.init(
      tv_sec: Int(time.nanoseconds / 1_000_000_000), tv_nsec: Int(time.nanoseconds % 1_000_000_000))
  }
}
