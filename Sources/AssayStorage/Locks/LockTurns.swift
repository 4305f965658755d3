import AssayModel
import Synchronization

/// Tracks how long this process has held a lock without a break, so that it can yield to another.
///
/// Inside a process a release reaches the next waiter immediately, while the waiters of other
/// processes only poll: without turns they could starve.
final class LockTurns: Sendable {
  /// Maximum number of names tracked; a forgotten name begins a new turn.
  private static let limit = 1_024

  /// Start of this process's turn, by lock.
  private let starts = Mutex<[ExactString: MonotonicTime]>([:])

  /// Returns true if the turn has lasted at least `span`.
  func isOver(_ name: String, after span: Nanoseconds, at now: MonotonicTime) -> Bool {
    starts.withLock { starts in
      starts[ExactString(string: name)].map { now - $0 >= span } ?? false
    }
  }

  /// Records that the process has the lock; its turn continues, or begins now.
  func granted(_ name: String, at now: MonotonicTime) {
    starts.withLock { starts in
      if starts.count >= Self.limit { starts = [:] }
      let name = ExactString(string: name)
      if starts[name] == nil { starts[name] = now }
    }
  }

  /// Records that another process has the lock, or may take it.
  func ended(_ name: String) {
    _ = starts.withLock { $0.removeValue(forKey: ExactString(string: name)) }
  }
}
