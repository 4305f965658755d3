import AssayModel
import Testing

@testable import Checkers

/// Two processes with two writers each, two rows for each writer.
@Suite("Durability and atomicity of mixed transactions")
struct MixedTests {
  private func judge(
    _ check: CheckName, _ history: String, _ changes: [(String, String)] = [],
    rows: [String: String] = [:]
  ) throws -> CheckResult {
    var text = Self.content(rows) + "\n" + history
    for (old, new) in changes {
      precondition(text.contains(old), "'\(old)' is not in the history")
      text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
    return try CheckersTests.judge(
      check, cell(.mixed, checks: [.durability, .atomicity]), text)
  }

  /// The rows of all owners, never written except where `rows` says so.
  private static func content(_ rows: [String: String]) -> String {
    var lines = ["total \(rows["total"] ?? "0")"]
    for owner in ["p0a0", "p0a1", "p1a0", "p1a1"] {
      for slot in 0..<2 {
        let key = "\(owner) \(slot)"
        lines.append("own \(key)=\(rows[key] ?? "0")")
      }
      lines.append("count \(owner) \(rows[owner] ?? "0 0")")
    }
    return lines.joined(separator: "\n") + "\n" + (rows["log"].map { "log \($0)" } ?? "")
  }

  private static let history = """
    p0a0 own 1 #1 @0-1 ok
    p0a0 increment #2 @2-3 ok
    p0a0 several #3 0,1 log @4-5 ok
    p0a0 see p0a0 1 p0a0#3 counter 1 sum 1 @6-7 ok
    p1a0 increment #1 @0-9 ok
    """
  private static let rows = [
    "p0a0 0": "p0a0#3", "p0a0 1": "p0a0#3", "p0a0": "1 p0a0#2", "p1a0": "1 p1a0#1", "total": "2",
    "log": "p0a0#3",
  ]

  @Test("What agrees with its history is legal")
  func clean() throws {
    let durable = try judge(.durability, Self.history, rows: Self.rows)
    #expect(durable.status == .valid)
    #expect(durable.evidence == "4 acknowledged writes, 8 rows, 1 row of the log, 1 read")
    let atomic = try judge(.atomicity, Self.history, rows: Self.rows)
    #expect(atomic.status == .valid)
    #expect(
      atomic.evidence
        == "3 acknowledged transactions of several writes, 4 counts, 1 snapshot read")
  }

  /// Changes of the content, the check that must see each, and the words that it must find.
  @Test(
    "Every change of the content is found",
    arguments: [
      ("p0a0 1", "p0a0#1", CheckName.durability, "row 0.1 holds write p0.0/a0#1, though"),
      ("p0a0 1", "p0a0#1", .atomicity, "a part of p0.0/a0#3 (ok) is there, but not its write"),
      ("p0a0 0", "0", .durability, "row 0.0 holds no write, though write p0.0/a0#3 was ack"),
      ("p0a1 0", "p0a1#9", .durability, "row 1.0 holds write p0.0/a1#9, which no actor wrote"),
      ("p0a0 0", "p0a0#7", .durability, "row 0.0 holds write p0.0/a0#7, which no actor wrote"),
      ("log", "p0a1#1", .durability, "p0.0/a0#3, acknowledged, invoked +0.004000 s, has no row"),
      ("log", "p0a1#1", .durability, "p0.0/a1#1 is in the log, but no actor wrote it"),
      ("log", "p0a1#1", .atomicity, "a part of p0.0/a0#3 (ok) is there, but not its row of the"),
      ("total", "1", .durability, "the shared counter is 1, though 2 increments were ack"),
      ("total", "3", .durability, "the shared counter is 3, though 2 increments were ack"),
      ("total", "1", .atomicity, "the shared counter is 1, the counts add up to 2"),
      ("p1a0", "0 0", .durability, "owner 2 counts 0, though 1 increment was acknowledged"),
      ("p0a0", "1 0", .durability, "the last increment of owner 0 is no write, though write"),
    ])
  func planted(row: String, value: String, check: CheckName, words: String) throws {
    var rows = Self.rows
    rows[row] = value
    let result = try judge(check, Self.history, rows: rows)
    #expect(result.status == .violated)
    #expect(result.witness.contains { $0.contains(words) }, "\(result.witness)")
  }

  @Test("Rows, counts and the counter that are missing, double or nobody's are found")
  func damagedTables() throws {
    for (old, new, words) in [
      ("own p1a1 1=0\n", "", "row 3.1 is not there"),
      ("own p1a1 1=0\n", "own p1a1 1=0\nown p1a1 1=0\n", "row 3.1 is there twice"),
      ("own p1a1 1=0\n", "own p1a1 1=0\nown p5a1 1=0\n", "there is a row 11.1 without an owner"),
      ("count p1a1 0 0\n", "", "owner 3 has no count"),
      ("count p1a1 0 0\n", "count p1a1 0 0\ncount p1a1 0 0\n", "owner 3 has two counts"),
      ("count p1a1 0 0\n", "count p1a1 0 0\ncount p9a1 0 0\n", "a count of owner 19"),
      ("total 2\n", "", "the shared counter is not there"),
      ("total 2\n", "total 2\ntotal 2\n", "the shared counter has two rows"),
      ("log p0a0#3", "log p0a0#3\nlog p0a0#3", "p0.0/a0#3 has two rows in the log"),
    ] {
      let result = try judge(.durability, Self.history, [(old, new)], rows: Self.rows)
      #expect(result.witness.contains { $0.contains(words) }, "\(words): \(result.witness)")
    }
  }

  @Test("A write of unknown outcome may be there or not, whole")
  func unknownOutcome() throws {
    let history = Self.history + "\np0a0 several #4 0,1 @8-\np1a0 increment #2 @10-11 unknown"
    #expect(try judge(.durability, history, rows: Self.rows).status == .valid)
    var rows = Self.rows
    rows["p0a0 0"] = "p0a0#4"
    rows["p0a0 1"] = "p0a0#4"
    rows["p1a0"] = "2 p1a0#2"
    rows["total"] = "3"
    #expect(try judge(.durability, history, rows: rows).status == .valid)
    #expect(try judge(.atomicity, history, rows: rows).status == .valid)
    rows["p0a0 1"] = "p0a0#3"
    #expect(try judge(.durability, history, rows: rows).status == .valid)
    let half = try judge(.atomicity, history, rows: rows)
    #expect(
      half.witness == [
        "a part of p0.0/a0#4 (unknown) is there, but not its write into row 0.1"
      ])
    rows["total"] = "4"
    #expect(try judge(.durability, history, rows: rows).status == .violated)
  }

  @Test("A transaction that was rolled back or refused must have left nothing")
  func refused() throws {
    var rows = Self.rows
    rows["p0a0 0"] = "p0a0#4"
    rows["p0a0 1"] = "p0a0#4"
    let history = Self.history + "\np0a0 several #4 0,1 log @8-9 failed code -5"
    let result = try judge(.durability, history, rows: rows)
    #expect(
      result.witness.contains(
        "row 0.0 holds write p0.0/a0#4, which was reported as failed"), "\(result.witness)")
    rows = Self.rows
    rows["log"] = "p0a0#3\nlog p0a0#4"
    #expect(
      try judge(.durability, history, rows: rows).witness
        == ["p0.0/a0#4, reported as failed, has a row in the log"])
  }

  @Test("A retry makes good what was refused at first")
  func retried() throws {
    let history =
      Self.history.split(separator: "\n").joined(separator: "\n")
      + "\np1a1 several #1 0 log @0-1 failed code 5\np1a1 several #1 0 log @2-3 ok again"
    var rows = Self.rows
    rows["p1a1 0"] = "p1a1#1"
    rows["log"] = "p0a0#3\nlog p1a1#1"
    #expect(try judge(.durability, history, rows: rows).status == .valid)
    #expect(try judge(.atomicity, history, rows: rows).status == .valid)
  }

  @Test("A write of a later incarnation is a later write of the same owner")
  func incarnations() throws {
    let history = Self.history + "\np0.1a0 own 0 #1 @20-21 ok\np0.1a0 own 1 #2 @22-"
    var rows = Self.rows
    rows["p0a0 0"] = "p0.1a0#1"
    #expect(try judge(.durability, history, rows: rows).status == .valid)
    #expect(try judge(.atomicity, history, rows: rows).status == .valid)
    #expect(try judge(.durability, history, rows: Self.rows).status == .violated)
    // Histories come in no order: what a later incarnation did says nothing about a read before.
    let reordered =
      "p0.1a0 own 0 #1 @20-21 ok\n" + Self.history
      + "\np0a0 see p0a0 0 p0a0#3 counter 2 sum 2 @8-9 ok"
    #expect(try judge(.durability, reordered, rows: rows).status == .valid)
  }

  @Test("A reader that misses its own write, or sees one undone, or a counter go back, is named")
  func staleReads() throws {
    for (read, words) in [
      ("see p0a0 1 p0a0#1 counter 1 sum 1", "read write p0.0/a0#1 in its row 0.1, though"),
      ("see p0a0 1 p0a0#4 counter 1 sum 1", "read write p0.0/a0#4 in its row 0.1, though"),
      ("see p0a0 1 p0a0#3 counter 0 sum 0", "read the counter 0, though 1 was sure to it"),
    ] {
      let history = Self.history + "\np0a0 \(read) @8-9 ok"
      let result = try judge(.durability, history, rows: Self.rows)
      #expect(result.witness.contains { $0.contains(words) }, "\(result.witness)")
    }
    let unknown =
      Self.history + """

        p0a0 own 1 #4 @8-9 unknown
        p0a0 see p0a0 1 p0a0#4 counter 1 sum 1 @10-11 ok
        """
    var rows = Self.rows
    rows["p0a0 1"] = "p0a0#4"
    #expect(try judge(.durability, unknown, rows: rows).status == .valid)
    let others = Self.history + "\np0a1 see p0a0 1 0 counter 0 sum 0 @8-9 ok"
    #expect(
      try judge(.durability, others, rows: Self.rows).status == .valid,
      "nothing is sure of another one's row")
  }

  @Test("A snapshot in which counter and counts differ is none")
  func tornSnapshot() throws {
    let history = Self.history + "\np0a1 see p0a0 1 0 counter 2 sum 1 @8-9 ok"
    #expect(
      try judge(.atomicity, history, rows: Self.rows).witness == [
        "p0.0/a1, invoked +0.008000 s, read the counter 2 and counts that add up to 1"
      ])
    let failed = Self.history + "\np0a1 see p0a0 1 0 counter 2 sum 1 @8-9 failed code 5"
    #expect(try judge(.atomicity, failed, rows: Self.rows).status == .valid)
  }

  @Test("Where nothing was acknowledged nothing is shown")
  func nothing() throws {
    let history = "p0a0 own 1 #1 @0-1 failed code 5\np0a0 several #2 0,1 @0-1 failed code 5"
    #expect(try judge(.durability, history).sawNothing)
    #expect(try judge(.atomicity, history).sawNothing)
  }

  @Test("Without content only what readers saw is judged")
  func withoutContent() throws {
    func results(_ history: String) throws -> [CheckResult] {
      let planned = cell(.mixed, checks: [.durability, .atomicity])
      let parsed = HistoryText(history)
      var events = ListedEvents(rest: parsed.events[...])
      var content: ListedContent?
      var record = record(planned, parsed)
      record.observation = Observation(failure: "no such file")
      return try CheckSuite(record: record).run(events: &events, content: &content).results
    }
    for result in try results(Self.history) {
      #expect(result.status == .unknown)
      #expect(result.reason == "the final content was not read: no such file")
    }
    let bad = Self.history + "\np0a0 see p0a0 1 0 counter 0 sum 1 @8-9 ok"
    #expect(try results(bad).allSatisfy { $0.status == .violated })
  }
}
