import AssayModel
import AssayStorage
import SQLiteDriver

/// Records the opening and closing of the connections of a simulated process, in virtual time.
///
/// Apart from the events of its actors, whose order the judges of schedules and crashes rely on.
final class SimulatedConnections: ConnectionObserver, @unchecked Sendable {
  // Unchecked because the holder of the baton uses it, or who opens and closes from outside.

  /// All attempts so far, in order.
  private(set) var events: [Event] = []

  private let actor: ActorID
  private let baton: Baton
  /// By connection: when its first attempt began.
  private var begun: [UInt64: MonotonicTime] = [:]

  init(process: Int, incarnation: Int, baton: Baton) {
    actor = .connections(process: process, incarnation: incarnation)
    self.baton = baton
  }

  func began(_ step: ConnectionStep, connection: UInt64) -> UInt64 {
    let now = baton.now()
    let isFirst = begun[connection] == nil
    let intended = begun[connection] ?? now
    begun[connection] = intended
    events.append(
      Event(
        actor: actor, sequence: UInt64(events.count),
        operation: WorkloadOperation(step.kind, subject: connection), outcome: .unknown,
        isFirstAttempt: isFirst, isFinal: false, intended: intended, invoked: now, completed: nil))
    return UInt64(events.count - 1)
  }

  func ended(
    _ attempt: UInt64, _ step: ConnectionStep, connection: UInt64, error: SQLiteError?,
    isFinal: Bool
  ) {
    // The dead learn nothing, whatever the call came back with.
    guard !baton.isCallerCut else { return }
    let place = Int(attempt)
    events[place].outcome = error == nil ? .ok : .failed
    events[place].code = error?.code.rawValue ?? 0
    events[place].isFinal = isFinal
    events[place].completed = baton.now()
    if isFinal { begun[connection] = nil }
  }
}

extension ConnectionStep {
  /// The kind of operation that it is recorded as.
  var kind: OperationKind {
    switch self {
    case .open: .open
    case .close: .close
    }
  }
}
