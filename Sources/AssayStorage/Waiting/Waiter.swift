import AssayModel

/// An actor in a queue, and its grant.
final class Waiter<Grant>: @unchecked Sendable {
  // Unchecked because `grant` changes: it is read and written only under its queue's mutex.

  let token: ParkingToken
  var grant: Grant?

  init(token: ParkingToken) {
    self.token = token
  }
}

/// Limit on the time an actor waits.
enum WaitLimit: Sendable {
  case forever
  case span(Nanoseconds)
  case until(MonotonicTime)

  /// Creates a limit from the caller's own deadline or, if there is none, a configured timeout.
  init(deadline: MonotonicTime?, timeout: Nanoseconds?) {
    if let deadline {
      self = .until(deadline)
    } else if let timeout {
      self = .span(timeout)
    } else {
      self = .forever
    }
  }

  /// Returns the deadline for an actor that begins to wait at `start`.
  func deadline(from start: MonotonicTime) -> MonotonicTime? {
    switch self {
    case .forever: nil
    case .span(let span): start + span
    case .until(let deadline): deadline
    }
  }
}

/// Number of acquisitions, and the number and cost of waits.
struct WaitCounts: Sendable {
  var acquisitions: UInt64 = 0
  var waits: UInt64 = 0
  var timeouts: UInt64 = 0
  var longestWait = Nanoseconds.zero

  mutating func add(wait: Nanoseconds) {
    waits += 1
    longestWait = max(longestWait, wait)
  }

  static func + (left: WaitCounts, right: WaitCounts) -> WaitCounts {
    WaitCounts(
      acquisitions: left.acquisitions + right.acquisitions, waits: left.waits + right.waits,
      timeouts: left.timeouts + right.timeouts,
      longestWait: max(left.longestWait, right.longestWait))
  }
}
