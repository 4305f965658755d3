import AssayModel
import FaultVFS

/// Something that an actor did, for its lane.
struct LaneItem {
  /// What it was, in the order of what can have the same time.
  enum Kind {
    /// It began or ended an operation, or an attempt at one.
    case operation(String)
    /// The disk answered.
    case call(DiskCall)
    /// It reached a point at which another one could be chosen.
    case step(StepKind)
    /// A fault struck; whose actor it was matters to nobody.
    case fault(LaneFault)

    fileprivate var rank: Int {
      switch self {
      case .operation: 0
      case .fault(let fault): fault.followsCall ? 3 : 1
      case .call: 2
      case .step: 4
      }
    }
  }

  var actor: Int
  var time: MonotonicTime
  var kind: Kind

  var isStep: Bool {
    if case .step = kind { true } else { false }
  }

  var isFault: Bool {
    if case .fault = kind { true } else { false }
  }

  /// Puts everything that happened in a run in its order.
  ///
  /// - Parameters:
  ///   - faults: that struck.
  ///   - load: names the operations.
  ///   - actorNumber: of an event's actor, under the baton; `nil` for one of another run.
  static func items(
    _ report: SimulationReport, _ events: [SimulatedEvent], _ answers: [LaneRecorder.Answer],
    faults: [(time: MonotonicTime, fault: LaneFault)] = [], load: LoadSettings,
    actorNumber: (ActorID) -> Int?
  ) -> [LaneItem] {
    var items = report.trace.map { LaneItem(actor: $0.actor, time: $0.time, kind: .step($0.kind)) }
    items += answers.map { LaneItem(actor: $0.actor, time: $0.time, kind: .call($0.call)) }
    items += faults.map { LaneItem(actor: -1, time: $0.time, kind: .fault($0.fault)) }
    for event in events {
      guard let actor = actorNumber(event.event.actor) else { continue }
      let name = "\(event.event.operation.name(in: load)) #\(event.number)"
      items.append(
        LaneItem(actor: actor, time: event.event.invoked, kind: .operation("begin \(name)")))
      guard let completed = event.event.completed else { continue }
      items.append(
        LaneItem(
          actor: actor, time: completed,
          kind: .operation("end \(name): \(outcome(of: event.event))")))
    }
    // What has the same time and rank stays in its order.
    return items.enumerated().sorted { left, right in
      (left.element.time, left.element.kind.rank, left.offset)
        < (right.element.time, right.element.kind.rank, right.offset)
    }.map(\.element)
  }

  private static func outcome(of event: Event) -> String {
    event.outcome == .ok ? "ok" : "\(event.outcome)"
  }
}

/// A fault that struck, as a lane diagram shows it.
struct LaneFault: Hashable {
  /// In a sentence.
  var text: String
  /// Actors whose process died: their locks are gone, and they do nothing more.
  var died: Set<Int> = []
  /// Whether a call at the same time came first.
  var followsCall = false
}
