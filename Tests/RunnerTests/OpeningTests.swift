import AssayModel
import Platform
import SQLiteDriver
import Testing

@testable import Runner

@Suite("Opening, recovering and closing as operations")
struct OpeningTests {
  private func connections(
    _ run: CellHarness.Finished, process: Int = 0, incarnation: Int = 0
  ) throws -> [Event] {
    try Histories.events(
      in: run.histories, .connections(process: process, incarnation: incarnation))
  }

  @Test("Every connection is opened and closed once, with its times, and neither is of the load")
  func counted() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: wal, topology: single-writer, readers: 1 }
        load:
          workload: kv
          processes: 2
          writers: 1
          readers: 1
          keys: { count: 50 }
          duration: 100ms
        expect:
          integrity: valid
          latency: { max: 60s, of: max, operation: open }
          busy: { max: 1000000, operation: close }
        """), in: sandbox)
    #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
    let cell = result.cells[0]
    let (open, close) = (try #require(cell.operations["open"]), cell.operations["close"])
    #expect(open.count == 4 && close?.count == 4 && open.notAcknowledged == 0)
    #expect(open.response.count == 4 && open.response.max ?? 0 > 0 && open.throughput == 0)
    let load = cell.operations.filter { $0.key != "open" && $0.key != "close" }
    let rate = load.values.reduce(0) { $0 + $1.throughput }
    #expect((cell.throughput - rate).magnitude < 0.01 * rate)
    #expect(cell.actors.count == 4)
  }

  @Test(
    "What a changed byte makes of an opening is data, whatever SQLite calls it",
    arguments: [
      ("bit_flip: all, probability: 1, file: database", true),
      ("bit_flip: all, probability: 1, file: database, during: load", false),
      ("io_error: all, probability: 1, file: database", false),
    ])
  func changedBytes(fault: String, isData: Bool) throws {
    let harness = try CellHarness(
      """
      load: { workload: kv, duration: 100ms }
      faults: [{ \(fault) }]
      expect: { durability: may_violate }
      """)
    let format = SQLiteError(
      code: ResultCode(rawValue: 1), message: "unsupported file format", operation: .prepare)
    let error = WorkerError(.input, "the database cannot be opened", cause: format)
    #expect((OpeningRefusal(error, in: harness.cell) != nil) == isData)
  }

  @Test("A process that cannot open the database in time is a failed opening, and no incident")
  func notOpened() async throws {
    let harness = try CellHarness(
      """
      storage: { journal_mode: delete, busy: none }
      load: { workload: kv, processes: 2, keys: { count: 50 }, duration: 100ms }
      expect: { busy: valid }
      """)
    let result: Result<AnalysedRepetition, any Error> = await onThread {
      Result {
        let run = harness.makeRun()
        run.openingPatience = .milliseconds(50)
        try run.prepareDatabase()
        var lock = try Connection(ConnectionOptions(path: run.databasePath, time: SystemTime()))
        try lock.execute("BEGIN EXCLUSIVE")
        try run.launchAll()
        try run.awaitReadiness()
        run.begin(at: CellRun.soon(SystemTime()))
        while run.isBusy { try run.supervise() }
        try lock.execute("ROLLBACK")
        return try CellAnalysis.analyse(run.finish(), historyFolder: run.historyFolder)
      }
    }
    let analysed = try result.get()
    #expect(analysed.outcome.incidents.isEmpty, "\(analysed.outcome.incidents)")
    #expect(analysed.outcome.record.processes.allSatisfy { $0.ready == nil })
    let figures = CellFigures(harness.cell, [analysed]).result
    let open = try #require(figures.operations["open"])
    #expect(open.count == 0 && open.notAcknowledged == 2)
    #expect(figures.errors?.first { $0.operation == "open" }?.message?.contains("locked") == true)
    #expect(open.errors["SQLITE_BUSY"] ?? 0 >= 2)
    let busy = try #require(analysed.checks.first { $0.check == .busy })
    #expect(busy.status == .violated && busy.witness.contains { $0.contains("open") }, "\(busy)")
  }

  @Test("What is met while opening counts although the process came in later")
  func retried() async throws {
    let harness = try CellHarness(
      """
      storage: { journal_mode: delete, busy: none }
      load: { workload: kv, keys: { count: 50 }, operations: 20 }
      """)
    let result: Result<(CellOutcome, [Event]), any Error> = await onThread {
      Result {
        let run = harness.makeRun()
        try run.prepareDatabase()
        var lock = try Connection(ConnectionOptions(path: run.databasePath, time: SystemTime()))
        try lock.execute("BEGIN EXCLUSIVE")
        try run.launchAll()
        let actor = ActorID.connections(process: 0, incarnation: 0)
        func refusals() -> Int {
          let events = try? History.latest(folder: run.historyFolder, actor: actor, count: 8)
          return events?.count { $0.outcome == .failed } ?? 0
        }
        while refusals() == 0 { try SystemTime().sleep(for: .milliseconds(1)) }
        try lock.execute("ROLLBACK")
        try run.awaitReadiness()
        run.begin(at: CellRun.soon(SystemTime()))
        while run.isBusy { try run.supervise() }
        let outcome = try run.finish()
        return (outcome, try Histories.events(in: run.historyFolder, actor))
      }
    }
    let (outcome, events) = try result.get()
    #expect(outcome.incidents.isEmpty && outcome.reports.count == 1)
    #expect(events.first?.code == 5 && events.first?.isFinal == false)
    let opened = try #require(events.first { $0.outcome == .ok })
    #expect(opened.operation.kind == .open && opened.intended == events.first?.intended)
    #expect(events.last?.operation.kind == .close)
  }

  @Test("An I/O error while opening fails an attempt, and the process opens again")
  func faultWhileOpening() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 30 }
      faults: [{ io_error: 0, operation: 1, method: read, file: database, during: open }]
      """)
    #expect(run.incidents.isEmpty, "\(run.incidents)")
    let events = try connections(run)
    #expect(events.map(\.operation.kind) == [.open, .open, .close])
    #expect(events.map(\.outcome) == [.failed, .ok, .ok])
    #expect(events.first.map { $0.code & 0xff } == 10)
    #expect(run.faults(.ioError).count == 1)
    #expect(try run.events(process: 0).count == 30)
  }

  @Test("A fault of the load spares opening and closing, one of the closing spares the load")
  func phases() async throws {
    let run = try await CellHarness.run(
      """
      storage: { journal_mode: wal }
      load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 30 }
      faults:
        - { io_error: 0, operation: 1, method: read, file: wal, during: load }
        - { disk_full: 0, operation: 1, during: close }
      """)
    #expect(run.incidents.isEmpty, "\(run.incidents)")
    #expect(try connections(run).allSatisfy { $0.outcome == .ok })
    #expect(try run.events(process: 0).allSatisfy { $0.outcome == .ok })
    // The checkpoint of the last connection may have to make the database longer, or not.
    #expect(run.faults(.diskFull).count <= 1)
    #expect(run.record.observation.integrityRows == ["ok"])
  }

  @Test("A process that is killed while it opens the database returns and works")
  func killedWhileOpening() async throws {
    let run = try await CellHarness.run(
      """
      storage: { journal_mode: wal }
      load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 200ms }
      faults:
        - kill: 0
          operation: 1
          method: read
          file: database
          during: open
          restart_after: 1ms
      """)
    #expect(run.incidents.isEmpty, "\(run.incidents)")
    let lives = run.incarnations(of: 0)
    #expect(lives.map { $0.ready != nil } == [false, true])
    #expect(lives.first?.wasKilled == true)
    let first = try connections(run)
    #expect(first.map(\.outcome) == [.unknown] && first.first?.completed == nil)
    #expect(try run.events(process: 0, incarnation: 1).contains { $0.outcome == .ok })
  }
}
