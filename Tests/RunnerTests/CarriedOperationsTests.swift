import AssayModel
import Testing

@testable import Runner

@Suite("Which operations a write transaction may carry")
struct CarriedOperationsTests {
  /// Acknowledged operations, each of another actor, with the log positions between which it was
  /// under way.
  ///
  /// - Parameter actorsOfProcess: so many actors, in their order, belong to one process.
  private static func events(
    _ spans: [(UInt64, UInt64)], actorsOfProcess: Int
  ) -> [SimulatedEvent] {
    spans.enumerated().map { number, span in
      let time = MonotonicTime(nanoseconds: 0)
      let event = Event(
        actor: ActorID(
          process: number / actorsOfProcess, incarnation: 0, actor: number % actorsOfProcess),
        sequence: 0,
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

  private static func carried(
    _ spans: [(UInt64, UInt64)], isShared: Bool, actorsOfProcess: Int = 8,
    mixesProcesses: Bool = false
  ) -> CarriedOperations {
    func number(_ actor: ActorID) -> Int32 {
      Int32(actor.process) * Int32(actorsOfProcess) + Int32(actor.actor)
    }
    return CarriedOperations(
      events(spans, actorsOfProcess: actorsOfProcess), transactions, isShared: isShared,
      actorNumber: number,
      mayCommit: { committer, actor in
        guard isShared else { return committer == number(actor) }
        return mixesProcesses || Int(committer) / actorsOfProcess == Int(actor.process)
      })
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

  @Test("A transaction of one process never carries an operation of another one")
  func processes() {
    let spans = [(0, 5), (0, 9), (0, 5), (0, 9)] as [(UInt64, UInt64)]
    let carried = Self.carried(spans, isShared: true, actorsOfProcess: 2)
    let transactions = carried.operations.map { operation in
      (operation.event.event.actor.process, operation.transactions)
    }
    #expect(transactions.allSatisfy { $0.0 == 0 || $0.1.isEmpty }, "\(transactions)")
    #expect(carried.candidates(for: 1, placed: Array(repeating: false, count: 4)).count == 2)
  }

  @Test("An attribution that mixes processes stops the harness")
  func mixture() async {
    await #expect(processExitsWith: .failure) {
      let carried = CarriedOperationsTests.carried(
        [(0, 5), (0, 5)], isShared: true, actorsOfProcess: 1, mixesProcesses: true)
      _ = carried.candidates(for: 1, placed: [false, false])
    }
  }

  @Test("A group takes in an operation that is invoked after its BEGIN")
  func joinsLate() {
    #expect(Self.carried([(3, 5)], isShared: true).operations.map(\.transactions) == [[1]])
    #expect(Self.carried([(3, 5)], isShared: false).operations.map(\.transactions) == [[]])
    #expect(Self.carried([(5, 9)], isShared: true).operations.map(\.transactions) == [[2]])
  }
}
