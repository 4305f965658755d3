import AssayModel
import Glibc
import Platform

/// The right to run, passed between two threads.
///
/// Safe because `semaphore` is allocated in `init`, freed in `deinit` and touched only through the
/// semaphore functions; whoever posts or waits holds a reference meanwhile.
@safe final class Turn: @unchecked Sendable {
  // Unchecked because of the pointer; a semaphore is made for sharing.

  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    let result = unsafe sem_init(semaphore, 0, 0)
    precondition(result == 0, "sem_init answered errno \(errno)")
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Gives the turn.
  func post() {
    let result = unsafe sem_post(semaphore)
    precondition(result == 0, "sem_post answered errno \(errno)")
  }

  /// Waits for the turn and takes it.
  func wait() {
    while unsafe sem_wait(semaphore) != 0 {
      precondition(errno == EINTR, "sem_wait answered errno \(errno)")
    }
  }

  /// Waits for the turn, but no longer than a span of real time.
  ///
  /// - Returns: whether it took the turn.
  func wait(atMost span: Nanoseconds) -> Bool {
    let deadline = (SystemTime().monotonicNow() + span).nanoseconds
    var until = timespec(
      tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    while unsafe Self.semClockWait(semaphore, CLOCK_MONOTONIC, &until) != 0 {
      if errno == ETIMEDOUT { return false }
      precondition(errno == EINTR, "sem_clockwait answered errno \(errno)")
    }
    return true
  }

  private typealias SemClockWait =
    @convention(c) (
      UnsafeMutablePointer<sem_t>, clockid_t, UnsafePointer<timespec>
    ) -> Int32

  /// `sem_clockwait` (glibc 2.30), which the Glibc module hides behind `_GNU_SOURCE`.
  private static let semClockWait: SemClockWait = {
    guard let symbol = unsafe dlsym(nil, "sem_clockwait") else {
      preconditionFailure("the C library has no sem_clockwait; glibc 2.30 is needed")
    }
    return unsafe unsafeBitCast(symbol, to: SemClockWait.self)
  }()
}
