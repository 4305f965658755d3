import AssayModel
import FaultVFS
import Testing
import Workloads

@testable import Runner

/// Each simulation has a process of its own: the current disk belongs to the process.
@Suite("What the acknowledgement of a transaction that only reads promises")
struct ReadOnlyPromiseTests {
  /// Two writers that add and look. A commit is on the disk when the checkpoint behind it has
  /// synced the log: between the two others see what nobody was told of yet.
  private static func scenario(_ topology: String = "pool") -> String {
    Text.scenario(
      """
      world: simulated
      storage:
        { page_size: 1024, wal_autocheckpoint: 1, busy_timeout: 5s, max_open_connections: 2,
          synchronous: normal, topology: \(topology) }
      load:
        workload: sql
        processes: 2
        operations: 4
        setup: "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 0)"
        transactions:
          - { name: add, begin: immediate, statements: ["UPDATE t SET n = n + :n WHERE id = 1"],
              parameters: { n: { uniform: [1, 9] } } }
          - { name: look, weight: 4, begin: deferred, statements: ["SELECT sum(n) FROM t"] }
      explore: { crashes: power-loss, minimum: 1, schedules: 1 }
      expect: { durability: valid, consistency: valid }
      """)
  }

  @Test("The one who looks while another commits is no reason to say that a commit was lost")
  func verdict() async throws {
    // This seed has one transaction that writes; somebody looks before the checkpoint behind it.
    let (ending, result) = try await Assay.runScenario(
      Self.scenario(), ["--seed", "117"], in: try Sandbox())
    let cell = try #require(result.cells.first)
    #expect(cell.explored["transactions"] == 1)
    #expect(ending.code == 0, "\(cell.verdicts)")
  }

  @Test("Only who writes is promised a commit, however often others look at it before")
  func promises() async {
    await #expect(processExitsWith: .success) {
      for topology in ["pool", "single-writer"] {
        let text = ReadOnlyPromiseTests.scenario(topology)
        try ReadOnlyPromiseTests.checkPromises(text, isTempting: topology == "pool")
      }
    }
  }

  private static func checkPromises(_ text: String, isTempting: Bool) throws {
    var cell = try SweepHarness.planned(text)
    cell.load.extent = .operations(12)
    let program = try SimulatedProgram(cell)
    var temptations = 0
    for number in 0..<24 {
      let trace = try program.run(number)
      let (order, known) = (trace.order, trace.events.filter { $0.event.outcome == .ok })
      for look in known where look.event.operation.subject == 1 {
        let at = Int(try #require(look.completedAt))
        let isAround = order.transactions.contains { transaction in
          transaction.ended.map { $0 >= Int(look.invokedAt) && $0 < at } ?? false
        }
        if isAround { temptations += 1 }
        let told = known.filter { event in
          event.event.operation.subject == 0 && Int(event.completedAt ?? .max) <= at
        }
        let promised = order.transactions.indices.last { index in
          let transaction = order.transactions[index]
          return told.contains { event in
            transaction.actor == program.actorNumber(event.event.actor)
              && transaction.began >= Int(event.invokedAt)
              && (transaction.ended ?? .max) < Int(event.completedAt ?? 0)
          }
        }
        #expect(
          order.promised(at: at) <= (promised ?? -1) + 1, "program \(number), position \(at)")
      }
    }
    if isTempting { #expect(temptations > 5, "\(temptations)") }
  }
}
