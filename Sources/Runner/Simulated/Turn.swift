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
    unsafe SemaphoreWait.take(semaphore, until: SystemTime().monotonicNow() + span)
  }
}
