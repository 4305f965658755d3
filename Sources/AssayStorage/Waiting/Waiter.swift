import AssayModel

/// An actor that stands in a queue, and what it was granted there.
final class Waiter<Grant>: @unchecked Sendable {
  // Unchecked because `grant` changes: it is read and written only under its queue's mutex.

  let token: ParkingToken
  var grant: Grant?

  init(token: ParkingToken) {
    self.token = token
  }
}

/// How long an actor is ready to wait.
enum WaitLimit: Sendable {
  case forever
  case span(Nanoseconds)
  case until(MonotonicTime)

  /// The limit that a caller's own deadline, or else a configured timeout, sets.
  init(deadline: MonotonicTime?, timeout: Nanoseconds?) {
    if let deadline {
      self = .until(deadline)
    } else if let timeout {
      self = .span(timeout)
    } else {
      self = .forever
    }
  }

  /// The last moment for an actor that begins to wait at `start`.
  func deadline(from start: MonotonicTime) -> MonotonicTime? {
    switch self {
    case .forever: nil
    case .span(let span): start + span
    case .until(let deadline): deadline
    }
  }
}

/// How often something was taken, and what the waits cost.
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
