import AssayModel
import FaultVFS
import Testing
import Workloads

@testable import Runner

/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Own SQL is executed again in commit order")
struct ReexecutionTests {
  /// Writers that move numbers between rows, and log it.
  private static func cell(
    _ mode: StorageSettings.JournalMode = .wal, _ topology: StorageSettings.Topology = .pool,
    statements: [String] = ["UPDATE t SET n = n + :n WHERE id = :id"]
  ) -> PlannedCell {
    SimulatedWorld.cell(.sql) { cell in
      cell.seed = Seed(7)
      cell.storage.journalMode = mode
      cell.storage.synchronous = .full
      cell.storage.busy = .sqlite
      cell.storage.topology = topology
      var load = SQLLoad()
      load.setUp = [
        """
        CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n < 500));
        INSERT INTO t VALUES (1, 0), (2, 0), (3, 0);
        CREATE TABLE log(n INTEGER, id INTEGER)
        """
      ]
      var add = SQLLoad.Transaction(
        name: "add", statements: statements + ["INSERT INTO log VALUES (:n, :id)"])
      add.parameters = [
        SQLLoad.Parameter(name: "n", kind: .uniform(low: 1, high: 9)),
        SQLLoad.Parameter(name: "id", kind: .uniform(low: 1, high: 3)),
      ]
      add.weight = 5
      var look = SQLLoad.Transaction(name: "look", statements: ["SELECT count(*) FROM log"])
      look.begin = .deferred
      // Two rows that are too large: the CHECK refuses, and nothing may stay of it.
      let spoil = SQLLoad.Transaction(
        name: "spoil",
        statements: ["INSERT INTO log VALUES (0, 0)", "UPDATE t SET n = 500 WHERE id = 1"])
      load.transactions = [add, look, spoil]
      load.invariants = [
        SQLLoad.Invariant(
          query: "SELECT (SELECT sum(n) FROM t) - (SELECT coalesce(sum(n), 0) FROM log)",
          equals: "0")
      ]
      cell.load.sql = load
      cell.load.extent = .operations(24)
    }
  }

  private static func outcome(
    _ cell: PlannedCell, number: Int = 0, honest: PlannedCell? = nil,
    change: (inout ProgramTrace) -> Void = { _ in }
  ) throws -> Reexecution.Outcome {
    let model = try #require(try SimulatedProgram(honest ?? cell).sql)
    let program = try SimulatedProgram(cell)
    var trace = try program.run(number)
    change(&trace)
    return try Reexecution(program, model, trace, number: number).run()
  }

  @Test("What sound engines leave is what SQLite gives when everything is executed again")
  func clean() async {
    await #expect(processExitsWith: .success) { try ReexecutionTests.checkClean() }
  }

  private static func checkClean() throws {
    for mode in [StorageSettings.JournalMode.wal, .delete] {
      for topology in StorageSettings.Topology.allCases {
        for number in 0..<3 {
          let outcome = try outcome(cell(mode, topology), number: number)
          guard case .same(let operations) = outcome else {
            Issue.record("\(mode), \(topology), program \(number): \(outcome)")
            continue
          }
          #expect(operations > 5, "\(mode), \(topology), program \(number)")
        }
      }
    }
  }

  @Test("An engine that applies a transaction twice is caught with the row")
  func twice() async {
    await #expect(processExitsWith: .success) { try ReexecutionTests.checkTwice() }
  }

  private static func checkTwice() throws {
    let update = "UPDATE t SET n = n + :n WHERE id = :id"
    let outcome = try outcome(cell(statements: [update, update]), honest: cell())
    guard case .differs(let witness) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    try #require(witness.count == 2, "\(witness)")
    #expect(witness[0].contains("'add', operation "), "\(witness)")
    #expect(witness[1].hasPrefix("table t, row "), "\(witness)")
    #expect(witness[1].contains("expected (id="), "\(witness)")
  }

  @Test("A transaction that nobody was told of must not change anything")
  func forgotten() async {
    await #expect(processExitsWith: .success) { try ReexecutionTests.checkForgotten() }
  }

  private static func isAdded(_ event: SimulatedEvent) -> Bool {
    event.event.outcome == .ok && event.event.operation.kind == .sqlTransaction
      && event.event.operation.subject == 0
  }

  private static func checkForgotten() throws {
    let outcome = try outcome(cell()) { trace in
      if let index = trace.events.firstIndex(where: isAdded) { trace.events.remove(at: index) }
    }
    guard case .differs(let witness) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(witness[0].contains("carries nothing that was acknowledged"), "\(witness)")
    #expect(witness.last?.hasPrefix("table ") == true, "\(witness)")
  }

  @Test("An acknowledgement without a write transaction is caught")
  func early() async {
    await #expect(processExitsWith: .success) { try ReexecutionTests.checkEarly() }
  }

  private static func checkEarly() throws {
    let outcome = try outcome(cell()) { trace in
      guard let index = trace.events.firstIndex(where: isAdded) else { return }
      trace.events[index].invokedAt = 0
      trace.events[index].completedAt = 0
    }
    guard case .differs(let witness) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(witness[0].contains("acknowledged without a write transaction"), "\(witness)")
  }

  @Test("Group commit in two processes that get into each other's way differs from no model")
  func groupsOfTwoProcesses() async {
    await #expect(processExitsWith: .success) { try ReexecutionTests.checkGroups() }
  }

  private static func checkGroups() throws {
    var cell = cell(.delete, .groupCommit)
    cell.storage.synchronous = .extra
    cell.storage.busyTimeout = .milliseconds(10)
    cell.storage.maxOpenConnections = 1
    cell.load.processes = 2
    cell.load.writers = 2
    cell.load.readers = 0
    cell.load.extent = .operations(8)
    var move = SQLLoad.Transaction(
      name: "move",
      statements: [
        "UPDATE t SET n = n - :n WHERE id = :from", "UPDATE t SET n = n + :n WHERE id = :to",
        "INSERT INTO log VALUES (:n, :from)",
      ])
    move.begin = .deferred
    move.parameters = [
      SQLLoad.Parameter(name: "n", kind: .uniform(low: 1, high: 9)),
      SQLLoad.Parameter(name: "from", kind: .uniform(low: 1, high: 3)),
      SQLLoad.Parameter(name: "to", kind: .uniform(low: 1, high: 3)),
    ]
    cell.load.sql?.transactions = [move]
    cell.load.sql?.invariants = []
    let model = try #require(try SimulatedProgram(cell).sql)
    let program = try SimulatedProgram(cell)
    var (same, shared) = (0, 0)
    for number in 0..<48 {
      let trace = try program.run(number)
      let outcome = try Reexecution(program, model, trace, number: number).run()
      if case .differs(let witness) = outcome { Issue.record("program \(number): \(witness)") }
      if case .same(let operations) = outcome, operations > 0 { same += 1 }
      let acknowledged = trace.events.count { $0.event.outcome == .ok }
      if acknowledged > trace.order.transactions.count { shared += 1 }
    }
    #expect(same > 24, "\(same) of 48 programs were compared to their end")
    #expect(shared > 0, "no program put two operations into one transaction")
  }
}
