import AssayModel
import Synchronization

/// How long this process has had a lock without a break, so that it can let another one in.
///
/// Inside a process a release reaches the next waiter at once, while the waiters of other processes
/// look only now and then: without turns they could wait for ever.
final class LockTurns: Sendable {
  /// More names than this are not remembered; who is forgotten begins a new turn.
  private static let limit = 1_024

  /// When the turn of this process began, by lock.
  private let starts = Mutex<[ExactString: MonotonicTime]>([:])

  /// Whether the turn has lasted at least `span`.
  func isOver(_ name: String, after span: Nanoseconds, at now: MonotonicTime) -> Bool {
    starts.withLock { starts in
      starts[ExactString(string: name)].map { now - $0 >= span } ?? false
    }
  }

  /// The process has the lock; its turn goes on, or begins now.
  func granted(_ name: String, at now: MonotonicTime) {
    starts.withLock { starts in
      if starts.count >= Self.limit { starts = [:] }
      let name = ExactString(string: name)
      if starts[name] == nil { starts[name] = now }
    }
  }

  /// Another process has the lock, or is let in.
  func ended(_ name: String) {
    _ = starts.withLock { $0.removeValue(forKey: ExactString(string: name)) }
  }
}
