import AssayModel
import Synchronization

/// Tells the coordinator of the first failure of each operation with each code while the worker
/// lives, so that a death loses no message. Histories hold the counts.
final class FailureReports: Sendable {
  /// Messages of a process, whatever fails in it.
  private static let limit = 64

  private let known = Mutex<[FirstFailure]>([])
  private let send: @Sendable (FirstFailure) -> Void

  /// - Parameter send: called on the thread of the actor that failed.
  init(_ send: @escaping @Sendable (FirstFailure) -> Void) {
    self.send = send
  }

  /// Reports a failure unless the process has reported one like it.
  func add(_ failure: FirstFailure) {
    let isNew = known.withLock { known in
      guard known.count < Self.limit, !known.contains(where: { $0.isSame(as: failure) }) else {
        return false
      }
      known.append(failure)
      return true
    }
    if isNew { send(failure) }
  }
}
