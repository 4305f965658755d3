import AssayModel

/// An event, with the length of the disk's log when it began and when it ended.
///
/// So a crash at position k has an exact set of acknowledged operations: those with
/// `completedAt <= k` (decision 5 of the design).
struct SimulatedEvent: Hashable, Sendable {
  /// The attempt.
  var event: Event
  /// Number of the operation in its actor's program, from 0.
  var number: Int
  /// Operations in the disk's log when it was invoked.
  var invokedAt: UInt64
  /// Operations in the disk's log when it was answered; `nil` when its actor died in it.
  var completedAt: UInt64?
}

/// Says how many operations the disk's log holds now.
typealias LogPosition = @Sendable () -> UInt64

/// Keeps an actor's events on the heap, in virtual time.
final class SimulatedRecorder: OperationRecorder, @unchecked Sendable {
  // Unchecked because its actor uses it, and others only when the run is over.

  /// All attempts so far, in order.
  private(set) var events: [SimulatedEvent] = []
  private(set) var lastReading: MonotonicTime
  /// The first failure of each operation with each code.
  private(set) var failures: [FirstFailure] = []
  /// Writes that were acknowledged.
  private(set) var commits = 0
  /// Number of the operation that the actor performs.
  var number = 0

  private let actor: ActorID
  private let baton: Baton
  private let position: LogPosition
  private let measuredFrom: MonotonicTime
  private var arrival: MonotonicTime?
  private var intended: MonotonicTime?

  /// - Parameters:
  ///   - measuredFrom: the end of the warm-up.
  ///   - position: asked at every invocation and completion.
  init(
    actor: ActorID, baton: Baton, measuredFrom: MonotonicTime, position: @escaping LogPosition
  ) {
    self.actor = actor
    self.baton = baton
    self.position = position
    self.measuredFrom = measuredFrom
    lastReading = baton.now()
  }

  func begin(intended: MonotonicTime?) {
    arrival = intended
    self.intended = nil
  }

  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime {
    let now = baton.stamp()
    let isFirst = intended == nil
    let intended = self.intended ?? arrival ?? now
    self.intended = intended
    let event = Event(
      actor: actor, sequence: UInt64(events.count), operation: operation, outcome: .unknown,
      isMeasured: intended >= measuredFrom, isFirstAttempt: isFirst, isFinal: false,
      intended: intended, invoked: now, completed: nil)
    events.append(
      SimulatedEvent(event: event, number: number, invokedAt: position(), completedAt: nil))
    lastReading = now
    return now
  }

  func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure
  ) {
    guard !baton.isCallerCut,
      !failures.contains(where: { $0.covers(operation, code: code) })
    else { return }
    failures.append(describe())
  }

  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime {
    let now = baton.stamp()
    lastReading = now
    // The dead acknowledge nothing, whatever the call came back with.
    guard !baton.isCallerCut, let last = events.indices.last,
      events[last].completedAt == nil
    else { return now }
    events[last].event.operation = operation
    events[last].event.outcome = outcome
    events[last].event.code = code
    events[last].event.isFinal = isFinal
    events[last].event.completed = now
    events[last].completedAt = position()
    if outcome == .ok, operation.kind.isWrite { commits += 1 }
    return now
  }
}
