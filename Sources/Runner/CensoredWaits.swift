import AssayModel
import Statistics

/// Finds the operations that were not acknowledged by the end of measuring, or by the end of their
/// process: each is a wait of at least its age.
///
/// The age counts from the intended start to the last moment at which the operation was known to
/// wait: the end of its last attempt, or the death of its process. An operation that was refused
/// for good is a failure and no wait; one that was acknowledged after the end of measuring has its
/// exact response time. See the article "Censored waits" of Statistics.
struct CensoredWaits {
  /// The last attempt of an actor whose operation has not ended.
  private struct Pending {
    var kind: OperationKind
    var intended: MonotonicTime
    var firstAttempt: MonotonicTime
  }

  /// Ages of one kind of operation.
  struct Ages {
    /// Since the intended start.
    var response = LatencyHistogram()
    /// Since the first attempt.
    var service = LatencyHistogram()
  }

  private(set) var ages: [OperationKind: Ages] = [:]
  /// The longest of the current actor.
  private(set) var longest: UInt64 = 0

  private let measuredFrom: MonotonicTime
  private let measuredUntil: MonotonicTime
  /// No attempt begins after it.
  private let deadline: MonotonicTime
  private var pending: Pending?
  /// When the current actor's process was gone.
  private var death = MonotonicTime(nanoseconds: 0)

  /// A retry begins this long after the attempt before it, at most a little later: one that ended
  /// so shortly before the deadline had no other.
  private static let lastRetry = Nanoseconds.milliseconds(5)

  init(measuredFrom: MonotonicTime, measuredUntil: MonotonicTime, deadline: MonotonicTime) {
    self.measuredFrom = measuredFrom
    self.measuredUntil = measuredUntil
    self.deadline = deadline
  }

  /// Begins with the next actor.
  mutating func begin(death: MonotonicTime) {
    self.death = death
    pending = nil
    longest = 0
  }

  /// Ends with the current actor: what is pending waited until the death of its process.
  mutating func finish() {
    if let pending { add(pending, until: death) }
    pending = nil
  }

  /// Takes an event of the current actor; those of an actor come in its order.
  ///
  /// - Parameter firstAttempt: when the first attempt of its operation began.
  mutating func see(_ event: Event, firstAttempt: MonotonicTime) {
    let own = Pending(
      kind: event.operation.kind, intended: event.intended, firstAttempt: firstAttempt)
    guard let completed = event.completed else {
      pending = own
      return
    }
    if !event.isFinal {
      pending = own
    } else {
      if isCut(event) { add(own, until: completed) }
      pending = nil
    }
  }

  /// Whether an operation ended only because measuring was over: it could have been tried again.
  func isCut(_ event: Event) -> Bool {
    guard event.isFinal, event.outcome == .failed, let completed = event.completed,
      Self.isWait(event.code)
    else { return false }
    return completed + Self.lastRetry >= min(deadline, measuredUntil)
  }

  /// Whether an attempt was acknowledged while measuring, or in an open loop while its backlog was
  /// still worked off.
  func isInTime(_ event: Event) -> Bool {
    guard event.outcome == .ok, let completed = event.completed else { return false }
    return completed >= measuredFrom && completed <= max(deadline, measuredUntil)
  }

  /// Whether an attempt counts in the figures: also one of an operation that began in the warm-up
  /// and failed while measuring.
  func isCounted(_ event: Event) -> Bool {
    if event.isMeasured { return true }
    guard event.outcome != .ok, event.intended < measuredUntil else { return false }
    return event.completed ?? death >= measuredFrom
  }

  /// Whether a code says that another one was in the way.
  private static func isWait(_ code: Int32) -> Bool {
    code > 0
      ? code & 0xff == 5
      : code == HarnessCode.acquireTimedOut || code == HarnessCode.lockTimedOut
  }

  private mutating func add(_ operation: Pending, until end: MonotonicTime) {
    guard end >= measuredFrom, operation.intended < measuredUntil else { return }
    let age = Self.span(from: operation.intended, to: end)
    longest = max(longest, age)
    ages[operation.kind, default: Ages()].response.record(age)
    ages[operation.kind, default: Ages()].service.record(
      Self.span(from: operation.firstAttempt, to: end))
  }

  private static func span(from start: MonotonicTime, to end: MonotonicTime) -> UInt64 {
    end > start ? UInt64((end - start).rawValue) : 0
  }
}
