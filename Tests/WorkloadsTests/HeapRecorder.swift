import AssayModel

/// Keeps an actor's events on the heap, as a worker keeps them in mapped memory.
final class HeapRecorder: OperationRecorder {
  let actor: ActorID
  private(set) var events: [Event] = []
  private(set) var lastReading = MonotonicTime(nanoseconds: 0)
  private let stamp: () -> MonotonicTime
  private var intended: MonotonicTime?
  private var isFirstAttempt = true

  /// - Parameter stamp: reads the clock of the history.
  init(actor: ActorID, stamp: @escaping () -> MonotonicTime) {
    self.actor = actor
    self.stamp = stamp
  }

  func begin(intended: MonotonicTime?) {
    self.intended = intended
    isFirstAttempt = true
  }

  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime {
    let now = stamp()
    lastReading = now
    let intended = intended ?? now
    self.intended = intended
    events.append(
      Event(
        actor: actor, sequence: UInt64(events.count), operation: operation, outcome: .unknown,
        isFirstAttempt: isFirstAttempt, isFinal: false, intended: intended, invoked: now,
        completed: nil))
    isFirstAttempt = false
    return now
  }

  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime {
    let now = stamp()
    lastReading = now
    guard let last = events.indices.last, events[last].completed == nil else { return now }
    events[last].operation = operation
    events[last].outcome = outcome
    events[last].code = code
    events[last].isFinal = isFinal
    events[last].completed = now
    return now
  }
}

/// Events from the heap, as a checker reads them.
struct HeapEvents: EventStream {
  private var events: ArraySlice<Event>

  init(_ events: [Event]) { self.events = events[...] }

  mutating func next() -> Event? { events.popFirst() }
}

/// Rows of content from the heap, as a checker reads them.
struct HeapContent: ContentStream {
  private var rows: ArraySlice<ContentRow>

  init(_ rows: [ContentRow]) { self.rows = rows[...] }

  mutating func next() -> ContentRow? { rows.popFirst() }
}
