import AssayModel
import Testing

@testable import Runner

@Suite("Which operations a write transaction may carry")
struct CarriedOperationsTests {
  /// Acknowledged operations of one process, each of another actor, with the log positions between
  /// which it was under way.
  private static func events(_ spans: [(UInt64, UInt64)]) -> [SimulatedEvent] {
    spans.enumerated().map { actor, span in
      let time = MonotonicTime(nanoseconds: 0)
      let event = Event(
        actor: ActorID(process: 0, incarnation: 0, actor: actor), sequence: 0,
        operation: WorkloadOperation(.sqlTransaction), outcome: .ok, intended: time,
        invoked: time, completed: time)
      return SimulatedEvent(event: event, number: 0, invokedAt: span.0, completedAt: span.1)
    }
  }

  /// Two transactions of actor 0.
  private static let transactions = [
    CommitOrder.Transaction(actor: 0, began: 2, ended: 4),
    CommitOrder.Transaction(actor: 0, began: 6, ended: 8),
  ]

  private static func carried(_ spans: [(UInt64, UInt64)], isShared: Bool) -> CarriedOperations {
    CarriedOperations(events(spans), transactions, isShared: isShared) { Int32($0.actor) }
  }

  @Test("Without group commit only the actor that got the lock has a transaction")
  func own() {
    let carried = Self.carried([(0, 5), (0, 9)], isShared: false)
    #expect(carried.operations.map(\.transactions) == [[1], []])
    #expect(carried.operations.map(\.ended) == [1, 2])
  }

  @Test("Under group commit any transaction in the time of an operation may carry it")
  func shared() {
    let carried = Self.carried([(0, 5), (0, 9), (5, 9)], isShared: true)
    #expect(carried.operations.map(\.transactions) == [[1], [1, 2], [2]])
    #expect(carried.candidates(for: 2, placed: [true, false, false]) == [1, 2])
  }

  @Test("The order of acknowledgement comes first, and what has no later place is never left out")
  func arrangements() {
    let carried = Self.carried([(0, 5), (0, 9)], isShared: true)
    let ways = carried.arrangements(of: [0, 1], in: 1, limit: 4)
    #expect(ways == [[0, 1], [1, 0], [0]])
    #expect(carried.arrangements(of: [0, 1], in: 1, limit: 1) == [[0, 1]])
  }
}
