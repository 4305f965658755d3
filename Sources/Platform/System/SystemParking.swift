public import AssayModel
import Glibc
import Synchronization

/// Parks and wakes the threads of this process.
///
/// A thread has one permit, regardless of the instance it parks through. An unpark of a running
/// thread and the park that consumes it make no system call; a real wait is one futex wait and one
/// wake.
public final class SystemParking: Parking {
  /// Creates the facade; all instances share the permits of the threads.
  public init() {}

  /// Returns the calling thread's token, created at its first use.
  ///
  /// The thread must have been started by the program: the token ends with the thread.
  public func currentToken() -> ParkingToken { Parker.ofCurrentThread() }

  /// Blocks the calling thread until it is unparked or `deadline` is reached; never throws.
  public func park(until deadline: MonotonicTime?) throws(ActorStopped) {
    Parker.ofCurrentThread().park(until: deadline)
  }

  /// Gives the thread behind `token` its permit, and wakes it if it is parked.
  ///
  /// - Parameter token: a token returned by `currentToken` of a `SystemParking`.
  public func unpark(_ token: ParkingToken) {
    guard let parker = token as? Parker else {
      preconditionFailure("the token \(token) belongs to another Parking")
    }
    parker.unpark()
  }
}

/// The permit of one thread and the semaphore on which it waits.
///
/// Safe because `semaphore` is allocated in `init`, freed in `deinit` and touched only through the
/// semaphore functions; the unparking thread holds a reference meanwhile.
@safe private final class Parker: ParkingToken, @unchecked Sendable {
  // Unchecked because of the pointer; the semaphore and the atomic are made for sharing.

  private static let empty: UInt8 = 0
  private static let permitted: UInt8 = 1
  private static let parked: UInt8 = 2

  private let state = Atomic<UInt8>(Parker.empty)
  private let semaphore: UnsafeMutablePointer<sem_t>

  override init() {
    unsafe semaphore = .allocate(capacity: 1)
    let result = unsafe sem_init(semaphore, 0, 0)
    precondition(result == 0, "sem_init answered errno \(errno)")
    super.init()
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func park(until deadline: MonotonicTime?) {
    if takePermit() { return }
    let (exchanged, _) = state.compareExchange(
      expected: Parker.empty, desired: Parker.parked, ordering: .acquiringAndReleasing)
    guard exchanged else {
      // Only the owner takes permits away, so the state can only have become `permitted`.
      state.store(Parker.empty, ordering: .relaxed)
      return
    }
    if !wait(until: deadline) {
      let found = state.exchange(Parker.empty, ordering: .acquiringAndReleasing)
      // An unpark exactly at the deadline posts, or has posted: taking its post keeps the count at
      // 0.
      if found == Parker.permitted { _ = wait(until: nil) }
      return
    }
    _ = state.exchange(Parker.empty, ordering: .acquiring)
  }

  func unpark() {
    let before = state.exchange(Parker.permitted, ordering: .acquiringAndReleasing)
    if before == Parker.parked { unsafe sem_post(semaphore) }
  }

  private func takePermit() -> Bool {
    state.compareExchange(
      expected: Parker.permitted, desired: Parker.empty, ordering: .acquiring
    ).exchanged
  }

  /// Takes one post; `false` if the deadline came first.
  private func wait(until deadline: MonotonicTime?) -> Bool {
    guard let deadline else {
      while unsafe sem_wait(semaphore) != 0 {
        precondition(errno == EINTR, "sem_wait answered errno \(errno)")
      }
      return true
    }
    return unsafe SemaphoreWait.take(semaphore, until: deadline)
  }
}

extension Parker {
  /// The thread-local slot; its destructor drops the thread's own reference.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let result = unsafe pthread_key_create(&key) { pointer in
      guard let pointer = unsafe pointer else { return }
      unsafe Unmanaged<Parker>.fromOpaque(pointer).release()
    }
    precondition(result == 0, "pthread_key_create answered \(result)")
    return key
  }()

  static func ofCurrentThread() -> Parker {
    if let pointer = unsafe pthread_getspecific(key) {
      return unsafe Unmanaged<Parker>.fromOpaque(pointer).takeUnretainedValue()
    }
    let parker = Parker()
    let result = unsafe pthread_setspecific(key, Unmanaged.passRetained(parker).toOpaque())
    precondition(result == 0, "pthread_setspecific answered \(result)")
    return parker
  }
}
