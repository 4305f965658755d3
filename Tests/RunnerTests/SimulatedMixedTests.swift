import AssayModel
import AssayStorage
import Checkers
import SQLiteDriver
import Testing
import Workloads

@testable import Runner

/// Mixed transactions and the user's own SQL under the baton, unchanged.
@Suite("Mixed transactions and own SQL in the simulated world")
struct SimulatedMixedTests {
  private struct Events: EventStream {
    var rest: ArraySlice<Event>

    mutating func next() -> Event? { rest.popFirst() }
  }

  private struct Content: ContentStream {
    var rest: ArraySlice<ContentRow>

    mutating func next() -> ContentRow? { rest.popFirst() }
  }

  private static func cell(_ workload: LoadSettings.Workload) -> PlannedCell {
    SimulatedWorld.cell(workload) { cell in
      cell.load.keyCount = 6
      cell.furtherChecks = [.durability, .atomicity, .invariants]
      guard workload == .sql else { return }
      var load = SQLLoad()
      load.setUp = [
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (0, 0)"
      ]
      var move = SQLLoad.Transaction(
        name: "move",
        statements: [
          "INSERT INTO t VALUES (:id, :n)", "UPDATE t SET n = n - :n WHERE id = 0",
        ])
      move.parameters = [
        SQLLoad.Parameter(name: "id", kind: .nonce),
        SQLLoad.Parameter(name: "n", kind: .uniform(low: 1, high: 9)),
      ]
      load.transactions = [move]
      load.invariants = [SQLLoad.Invariant(query: "SELECT sum(n) FROM t", equals: "0")]
      cell.load.sql = load
    }
  }

  private static func play(
    _ cell: PlannedCell, schedule: UInt64, threads: ActorThreads
  ) throws -> (result: SimulatedRunResult, checks: [CheckResult]) {
    let world = try SimulatedWorld(seed: schedule, threads: threads)
    let result = try world.run(cell)
    for database in result.databases { database.close() }
    let entry = try #require(WorkloadCatalog.entry(cell.load.workload))
    var connection = try Connection(
      ConnectionOptions(
        path: world.sandbox.file("cell.db"), busy: .none,
        time: world.process(0).environment.time))
    var rows: [ContentRow] = []
    try entry.readContent(&connection) { rows.append($0) }
    let record = CellRecord(
      cell: cell, repetition: 0, measuredFrom: MonotonicTime(nanoseconds: 0),
      measuredUntil: world.baton.now(), processes: [], faults: [],
      observation: Observation(
        integrityRows: ["ok"], contentRows: rows.count,
        invariants: entry.readInvariants(&connection, cell)),
      library: LibraryVersion(number: SQLiteLibrary.versionNumber))
    var events = Events(rest: result.events.map(\.event)[...])
    var content: Content? = Content(rest: rows[...])
    let findings = try CheckSuite(record: record).run(events: &events, content: &content)
    return (result, findings.results)
  }

  @Test(
    "The same seeds give the same events, and every schedule keeps its promises",
    arguments: [LoadSettings.Workload.mixed, .sql])
  func schedules(workload: LoadSettings.Workload) throws {
    let threads = ActorThreads()
    let cell = Self.cell(workload)
    let expected: [CheckName] = workload == .sql ? [.invariants] : [.durability, .atomicity]
    for seed in 1...12 as ClosedRange<UInt64> {
      let (result, checks) = try Self.play(cell, schedule: seed, threads: threads)
      #expect(result.report.ending == .finished, "seed \(seed)")
      for check in checks where expected.contains(check.check) {
        #expect(check.status == .valid, "seed \(seed): \(check)")
      }
      guard seed <= 3 else { continue }
      let again = try Self.play(cell, schedule: seed, threads: threads).result
      #expect(again.report == result.report, "seed \(seed)")
      let isSame = again.events == result.events
      #expect(isSame, "seed \(seed)")
    }
  }
}
