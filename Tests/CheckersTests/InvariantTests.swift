import AssayModel
import Testing

@testable import Checkers

@Suite("Invariants of the scenario's own SQL")
struct InvariantTests {
  private static let actor = ActorID(process: 0, incarnation: 0, actor: 1)

  private static func event(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome = .ok
  ) -> Event {
    Event(
      actor: actor, sequence: 0, operation: operation, outcome: outcome,
      intended: HistoryText.time(1), invoked: HistoryText.time(2),
      completed: outcome == .unknown ? nil : HistoryText.time(3))
  }

  private static let committed = event(WorkloadOperation(.sqlTransaction))
  private static let held = event(FoundValue(.holds, length: 1, head: 0x30).operation(invariant: 0))

  private static func judge(
    _ events: [Event] = [committed, held],
    final: InvariantObservation.Answer? = .found("0"), failure: String? = nil, stated: Int = 1,
    _ change: (inout PlannedCell) -> Void = { _ in }
  ) throws -> CheckResult {
    let cell = cell(.sql, checks: [.invariants, .durability]) { cell in
      var load = SQLLoad()
      load.invariants = Array(
        repeating: SQLLoad.Invariant(query: "SELECT\n  count(*) FROM lost", equals: "0"),
        count: stated)
      cell.load.sql = load
      change(&cell)
    }
    var record = record(cell, HistoryText(""))
    record.observation.failure = failure
    record.observation.invariants =
      final.map {
        [InvariantObservation(query: "SELECT\n  count(*) FROM lost", expected: "0", answer: $0)]
      } ?? []
    var stream = ListedEvents(rest: events[...])
    var content: ListedContent? = failure == nil ? ListedContent(rest: []) : nil
    let results = try CheckSuite(record: record).run(events: &stream, content: &content).results
    return results.first { $0.check == .invariants } ?? .unknown(.invariants, reason: "not there")
  }

  @Test("Queries that always gave their value are valid, with the numbers that were looked at")
  func valid() throws {
    let result = try Self.judge()
    #expect(result.status == .valid)
    #expect(
      result.evidence
        == "1 invariant, 1 evaluation by readers, once each after the run, "
        + "1 acknowledged transaction")
  }

  @Test("A value that a reader found is a witness with query, value, reader and time")
  func seenByAReader() throws {
    for (found, words) in [
      (FoundValue(.differs, length: 2, head: 0x3231), "'12'"), (FoundValue(.null), "NULL"),
      (FoundValue(.noRow), "no row"), (FoundValue(.differs), "''"),
    ] {
      let result = try Self.judge([Self.committed, Self.event(found.operation(invariant: 0))])
      #expect(
        result.witness == [
          "'SELECT count(*) FROM lost' must give '0', but gave \(words) to p0.0/a1, "
            + "invoked +0.002000 s"
        ])
    }
  }

  @Test(
    "What was found after the run is a witness too",
    arguments: [
      (.found("3"), "'3'"), (.found("NULL"), "NULL"), (.noRow, "no row"),
      (.failed("SQLITE_CORRUPT"), "an error (SQLITE_CORRUPT)"),
    ] as [(InvariantObservation.Answer, String)])
  func seenAfterwards(answer: InvariantObservation.Answer, words: String) throws {
    #expect(
      try Self.judge(final: answer).witness == [
        "'SELECT count(*) FROM lost' must give '0', but gave \(words) after the run"
      ])
  }

  @Test("Where nothing was stated, evaluated or acknowledged, or nobody could look, it is unknown")
  func unknown() throws {
    #expect(try Self.judge(stated: 0).reason == "the scenario states no invariant")
    #expect(try Self.judge(final: nil).reason == "they were not evaluated after the run")
    let idle = try Self.judge([Self.held])
    #expect(idle.sawNothing && idle.reason == "no transaction was acknowledged")
    #expect(
      try Self.judge(final: nil, failure: "gone").reason
        == "the final content was not read: gone")
    let failed = Self.event(FoundValue(.differs).operation(invariant: 0), .failed)
    #expect(try Self.judge([Self.committed, failed]).status == .valid, "it got no answer")
  }

  @Test("Kills that hit no write prove nothing")
  func idleKills() throws {
    let result = try Self.judge {
      $0.faults = [FaultSpecification(kind: .kill, target: .random, trigger: .at(.seconds(1)))]
    }
    #expect(result.status == .unknown && result.sawNothing)
    #expect(result.reason == "no process was killed")
  }

  @Test("Only the workload with invariants of its own is asked; for the others it is unknown")
  func otherWorkloads() throws {
    let result = try CheckersTests.judge(
      .invariants, cell(.kv, checks: [.invariants]), "p0a0 store 0=9 @0-5 ok")
    #expect(result.reason == "the workload kv cannot show it")
  }

  @Test("An invariant that never came to its end is unknown, and a broken one beside it is not")
  func unfinished() throws {
    let result = try Self.judge(final: .unfinished(limit: "10 s"))
    #expect(result.status == .unknown && !result.sawNothing)
    #expect(
      result.reason?.hasPrefix(
        "the invariant 'SELECT count(*) FROM lost' did not finish within 10 s after the run")
        == true, "\(result.reason ?? "")")
    let broken = Self.event(
      FoundValue(.differs, length: 1, head: 0x35).operation(invariant: 0))
    #expect(
      try Self.judge([Self.committed, broken], final: .unfinished(limit: "10 s")).status
        == .violated)
  }

  @Test("Readers that were interrupted each time leave the invariant unknown")
  func interrupted() throws {
    var event = Self.event(WorkloadOperation(.sqlInvariant, subject: 0), .failed)
    event.code = 9
    let never = try Self.judge([Self.committed, event, event])
    #expect(never.status == .unknown)
    #expect(
      never.reason?.contains("was interrupted in all 2 evaluations by readers") == true,
      "\(never.reason ?? "")")
    #expect(try Self.judge([Self.committed, event, Self.held]).status == .valid)
  }
}
