import AssayModel
import FaultVFS
import Workloads

/// The content after each write transaction of a program, as a crash of the process alone leaves
/// it, and what the workload's own checks say of each.
///
/// The first is what crash images are compared with; the second is why it may be: an engine that
/// acknowledged too much, or tore a transaction while all was well, shows here.
struct StateHistory {
  private let program: SimulatedProgram
  private let disk: SimulatedDisk
  private let order: CommitOrder
  private let events: [SimulatedEvent]
  private(set) var states: [Digest128] = []
  private(set) var checks: [CheckResult] = []

  init(
    _ program: SimulatedProgram, disk: SimulatedDisk, order: CommitOrder, events: [SimulatedEvent]
  ) {
    self.program = program
    self.disk = disk
    self.order = order
    self.events = events
  }

  /// Walks along the log and reads the content at the end of each transaction.
  mutating func read(_ reader: inout ImageReader) throws {
    // What a power loss may do is of no interest here: every operation stands.
    let builder = CrashImageBuilder(disk, settings: DiskSettings())
    SimulatedVFS.shared.disk = builder.disk
    try add(builder, &reader)
    for transaction in order.transactions {
      let target = transaction.ended.map { $0 + 1 } ?? disk.log.position
      while builder.position < target, builder.advance() {}
      try add(builder, &reader)
    }
    while builder.advance() {}
    checks = try judge(builder, reader)
  }

  private mutating func add(_ builder: CrashImageBuilder, _ reader: inout ImageReader) throws {
    _ = builder.make(builder.completeChoice)
    defer { builder.reset() }
    switch reader.read(closesNaturally: false) {
    case .content(let digest):
      invariants.add(states.count, program, reader)
      states.append(digest)
    case .damaged, .unreadable, .unstable, .breaking:
      // A content that no image has, since it is none: what follows is judged by its neighbours.
      states.append(Digest128(high: UInt64(states.count), low: .max))
      damaged.append(states.count - 1)
    }
  }

  /// Transactions after which the content could not be read.
  private(set) var damaged: [Int] = []
  /// The scenario's own invariants on every content.
  private(set) var invariants = StateInvariants()

  // MARK: The workload's own checks

  /// Judges the last content and all events with the checks of the real world.
  private func judge(
    _ builder: CrashImageBuilder, _ reader: borrowing ImageReader
  ) throws -> [CheckResult] {
    _ = builder.make(builder.completeChoice)
    defer { builder.reset() }
    return try program.judge(events, reader)
  }
}

/// A history on the heap.
struct HeapEvents: EventStream {
  private var rest: ArraySlice<Event>

  init(_ events: [Event]) {
    rest = events[...]
  }

  mutating func next() -> Event? { rest.popFirst() }
}

/// A content on the heap.
struct HeapContent: ContentStream {
  private var rest: ArraySlice<ContentRow>

  init(_ rows: [ContentRow]) {
    rest = rows[...]
  }

  mutating func next() -> ContentRow? { rest.popFirst() }
}
