import AssayModel
import AssayStorage
import SQLiteDriver
import Testing

@testable import Workloads

/// The user's own SQL: what it draws, what it does, and what the checks say of it.
@Suite("The user's own SQL")
struct SQLWorkloadTests {
  private static func trial(
    seed: UInt64, isVirtual: Bool = true, _ change: (inout PlannedCell) -> Void = { _ in }
  ) throws -> Trial {
    try Trial(.sql, seed: seed, isVirtual: isVirtual) { cell in
      cell.load.sql = Shop.load()
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.readers = 1
      change(&cell)
    }
  }

  private static func turns(_ trial: Trial, _ operations: Int = 240) throws {
    var actors: [TrialActor] = []
    for process in 0..<2 {
      for number in 0..<3 {
        actors.append(
          try trial.actor(number, process: process, role: number < 2 ? .writer : .reader))
      }
    }
    var generator = SeededGenerator(trial.cell.seed.derived("order"))
    for _ in 0..<operations { try actors[generator.below(actors.count)].perform() }
  }

  private static func contents(_ trial: Trial) throws -> [TableContent] {
    var connection = try trial.connect()
    return try TableContent.read(&connection)
  }

  @Test(
    "Running the acknowledged transactions again in their order gives the same content",
    arguments: [81, 82, 83] as [UInt64])
  func reexecution(seed: UInt64) throws {
    let trial = try Self.trial(seed: seed)
    try Self.turns(trial)
    let judged = try trial.judge()
    let again = try Self.trial(seed: seed)
    var connection = try again.connect()
    let program = try SQLProgram(Shop.load(), on: &connection)
    var (templates, refused) = (Set<Int>(), 0)
    for event in judged.events.sorted(by: { $0.invoked < $1.invoked })
    where event.operation.kind == .sqlTransaction {
      let draw = program.draw(
        of: event.actor, seed: trial.cell.seed(of: event.actor),
        operation: Int(event.operation.extra))
      #expect(UInt64(draw.template) == event.operation.subject)
      templates.insert(draw.template)
      guard event.outcome == .ok else {
        #expect(event.code == ResultCode.constraintCheck.rawValue, "sold out: \(event.code)")
        refused += 1
        continue
      }
      try connection.transaction { (connection) throws(SQLiteError) in
        try program.execute(draw, on: &connection)
      }
    }
    #expect(templates == [0, 1] && refused < 30)
    #expect(try Self.contents(trial) == Self.contents(again), judged.replay)
    var first = try trial.connect()
    var digester = try ContentDigester(&first)
    let digest = try digester.digest(&first)
    #expect(try digester.digest(&connection) == digest)
    judged.expect(.invariants, .valid)
    #expect(
      judged.result(.durability).reason?.hasPrefix("only the scenario knows") == true)
  }

  @Test("Actors on threads keep the invariants, in every topology")
  func threads() throws {
    for topology in StorageSettings.Topology.allCases {
      let trial = try Self.trial(seed: 84, isVirtual: false) { cell in
        cell.load.extent = .operations(300)
        cell.storage.topology = topology
        cell.storage.busyTimeout = .seconds(60)
      }
      try trial.runThreads()
      let judged = try trial.judge()
      judged.expect(.invariants, .valid)
      judged.expect(.integrity, .valid)
      #expect(
        judged.result(.invariants).evidence.hasPrefix("2 invariants, "),
        "\(judged.result(.invariants).evidence)")
    }
  }

  @Test("An invariant that breaks is named with what was found, by readers and afterwards")
  func brokenInvariant() throws {
    let trial = try Self.trial(seed: 85)
    try trial.execute(
      """
      CREATE TRIGGER lost AFTER INSERT ON orders WHEN NEW.id % 3 = 0
      BEGIN UPDATE stock SET left = left + 1 WHERE id = NEW.item; END
      """)
    try Self.turns(trial)
    let judged = try trial.judge()
    judged.expect(.invariants, .violated)
    let witness = judged.result(.invariants).witness
    #expect(
      witness.first?.hasPrefix("'SELECT (SELECT sum(left) FROM stock) + (SELECT") == true)
    #expect(witness.contains { $0.contains("must give '1200', but gave '12") }, "\(witness)")
    #expect(witness.contains { $0.contains(", invoked ") }, "a reader saw it")
    #expect(witness.last?.hasSuffix("after the run") == true)
  }

  @Test("A constraint violation is an answer with its code, and costs no pause")
  func constraints() throws {
    let trial = try Trial(.sql, seed: 86) { cell in
      var load = SQLLoad()
      load.setUp = ["CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)"]
      var insert = SQLLoad.Transaction(name: "insert", statements: ["INSERT INTO t VALUES (:id)"])
      insert.parameters = [SQLLoad.Parameter(name: "id", kind: .integer(7))]
      load.transactions = [insert]
      load.invariants = [SQLLoad.Invariant(query: "SELECT count(*) FROM t", equals: "1")]
      cell.load.sql = load
    }
    let actor = try trial.actor()
    let start = trial.clock.monotonicNow()
    try actor.perform(3)
    #expect(actor.events.map(\.outcome) == [.failed, .failed, .failed])
    #expect(actor.events.allSatisfy { $0.code == ResultCode.constraintPrimaryKey.rawValue })
    #expect(trial.clock.monotonicNow() - start < .milliseconds(1))
    let result = try trial.judge().result(.invariants)
    #expect(result.reason == "no transaction was acknowledged")
    #expect(result.sawNothing)
  }

  @Test("Null, no row, numbers and long texts are compared as text, and told apart")
  func values() throws {
    func found(_ query: String, _ equals: String) throws -> FoundValue {
      var load = SQLLoad()
      load.invariants = [SQLLoad.Invariant(query: query, equals: equals)]
      var connection = try Connection(
        ConnectionOptions(path: ":memory:", busy: .none, time: VirtualClock()))
      let program = try SQLProgram(load, on: &connection)
      let found = try program.evaluate(0, on: &connection)
      var cell = PlannedCell(
        id: "default", parameters: [], storage: StorageSettings(), locks: LockSettings(),
        load: LoadSettings(workload: .sql), faults: [], expectations: [], furtherChecks: [],
        seed: Seed(0))
      cell.load.sql = load
      let observed = SQLProgram.observe(cell, &connection)
      #expect(observed.map(\.holds) == [found.status == .holds])
      #expect(FoundValue(found.operation(invariant: 0)) == found)
      return found
    }
    #expect(try found("SELECT 7", "7").status == .holds)
    #expect(try found("SELECT 7.0", "7.0").status == .holds)
    #expect(try found("SELECT 'a b'", "a b").status == .holds)
    #expect(try found("SELECT x'6162'", "ab").status == .holds)
    #expect(try found("SELECT NULL", "NULL").status == .holds)
    #expect(try found("SELECT ''", "").status == .holds)
    #expect(try found("SELECT NULL", "0").text == "NULL")
    #expect(try found("SELECT 1 WHERE 0", "1").text == "no row")
    #expect(try found("SELECT 8", "7").text == "'8'")
    #expect(try found("SELECT '8' || '7'", "8").text == "'87'")
    #expect(try found("SELECT 'abcdefghijklmnop'", "").text == "'abcdefghijklmnop'")
    #expect(try found("SELECT 'abcdefghijklmnopq'", "").text == "'abcdefghijklmnop...'")
  }

  @Test("What an actor does as its n-th operation depends on nothing else")
  func pureDraws() throws {
    let trial = try Self.trial(seed: 87)
    var connection = try trial.connect()
    let program = try SQLProgram(Shop.load(), on: &connection)
    let actor = ActorID(process: 1, incarnation: 2, actor: 3)
    let forward = (0..<200).map { program.draw(of: actor, seed: Seed(1), operation: $0) }
    let backward = (0..<200).reversed().map {
      program.draw(of: actor, seed: Seed(1), operation: $0)
    }
    #expect(forward == backward.reversed())
    #expect(forward != (0..<200).map { program.draw(of: actor, seed: Seed(2), operation: $0) })
    let nonces = forward.filter { $0.template == 0 }.map { $0.values[2] }
    #expect(Set(nonces).count == nonces.count)
    // The actor's own draws use memory again, and must be the same.
    var draws = program.drawing.spares
    for operation in 0..<200 {
      let template = program.drawing.draw(
        of: actor, seed: Seed(1), operation: operation, into: &draws)
      #expect(draws[template] == forward[operation])
    }
    let orders = forward.count { $0.template == 0 }
    #expect(abs(orders - 150) < 31, "three in four, 5 sigma: \(orders)")
  }

  @Test("Parameters have the ranges and shares of their kinds")
  func parameterKinds() throws {
    var load = SQLLoad()
    var transaction = SQLLoad.Transaction(name: "t", statements: ["SELECT :a,:b,:c,:d,:e,:f,:g"])
    transaction.parameters = [
      SQLLoad.Parameter(name: "a", kind: .integer(-5)),
      SQLLoad.Parameter(name: "b", kind: .uniform(low: -2, high: 2)),
      SQLLoad.Parameter(name: "c", kind: .uniform(low: .min, high: .max)),
      SQLLoad.Parameter(name: "d", kind: .zipfian(count: 1_000_000_000_000)),
      SQLLoad.Parameter(name: "e", kind: .text(length: 5)),
      SQLLoad.Parameter(name: "f", kind: .blob(length: 0)),
      SQLLoad.Parameter(name: "g", kind: .nonce),
    ]
    load.transactions = [transaction]
    var connection = try Connection(
      ConnectionOptions(path: ":memory:", busy: .none, time: VirtualClock()))
    let program = try SQLProgram(load, on: &connection)
    let actor = ActorID(process: 0, incarnation: 0, actor: 0)
    let draws = (0..<500).map { program.draw(of: actor, seed: Seed(3), operation: $0).values }
    #expect(draws.allSatisfy { $0[0] == .integer(-5) && $0[5] == .blob([]) })
    #expect(Set(draws.map { $0[1] }) == Set((-2...2).map { SQLiteValue.integer($0) }))
    #expect(
      draws.contains { ($0[2].number ?? 0) < 0 } && draws.contains { ($0[2].number ?? 0) > 0 })
    let ones = draws.count { $0[3] == .integer(1) }
    // The harmonic sum of 10^12 terms with exponent 0.99 is about 32.
    #expect((5...40).contains(ones), "\(ones)")
    #expect(draws.allSatisfy { (1...1_000_000_000_000).contains($0[3].number ?? 0) })
    for draw in draws {
      let text = draw[4].description
      #expect(text.utf8.count == 5 && text.utf8.allSatisfy { (0x61...0x7a).contains($0) })
    }
    #expect(draws.map { $0[6] } == (1...500).map { .integer($0) })
  }
}

extension SQLiteValue {
  /// The number, for values that are one.
  fileprivate var number: Int64? {
    guard case .integer(let number) = self else { return nil }
    return number
  }
}
