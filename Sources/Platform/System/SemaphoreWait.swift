public import AssayModel
public import Glibc

/// Waits on a semaphore with a deadline on the monotonic clock.
public enum SemaphoreWait {
  private typealias ClockWait =
    @convention(c) (
      UnsafeMutablePointer<sem_t>, clockid_t, UnsafePointer<timespec>
    ) -> Int32

  /// `sem_clockwait` (glibc 2.30), which the Glibc module hides behind `_GNU_SOURCE`.
  ///
  /// `sem_timedwait` is not a substitute: it follows the wall clock, which may be stepped.
  private static let clockWait: ClockWait = {
    guard let symbol = unsafe dlsym(nil, "sem_clockwait") else {
      preconditionFailure("the C library has no sem_clockwait; glibc 2.30 is needed")
    }
    return unsafe unsafeBitCast(symbol, to: ClockWait.self)
  }()

  /// Takes one post; `false` if the deadline came first.
  public static func take(
    _ semaphore: UnsafeMutablePointer<sem_t>, until deadline: MonotonicTime
  ) -> Bool {
    var until = timespec(deadline)
    while unsafe clockWait(semaphore, CLOCK_MONOTONIC, &until) != 0 {
      if errno == ETIMEDOUT { return false }
      precondition(errno == EINTR, "sem_clockwait answered errno \(errno)")
    }
    return true
  }
}
