import AssayModel
import Testing

@testable import Reports

@Suite("The report on a terminal")
struct TerminalReportTests {
  @Test("What was met is one screen: a table and the finding")
  func met() {
    #expect(
      TerminalReport.text(Samples.locks) == """
        stale-lock: How soon is the lock of a dead owner free?
        real world, SQLite 3.40.1, ext4, 2 processors, seed 18446744073709551615, 61.2 s, \
        latencies of acquire

        ttl    owner   mutual_exclusion  recovery_time  ops/s      p50      p99     max  fairness  \
        takeovers, median
        250ms  random  ok                ok               540  5.20 ms  21.3 ms  362 ms      0.82  \
                2, 300 ms
        500ms  stable  ok                ok               510  5.30 ms  22.0 ms  612 ms      0.98  \
                1, 612 ms

        \(Finding.sentence(Samples.locks))

        """)
  }

  @Test("What was missed, unknown or violated stands under the table with its witness")
  func missed() {
    #expect(
      TerminalReport.text(Samples.journals) == """
        kill-nine: Is anything acknowledged lost after kill -9?
        real world, SQLite 3.40.1, ext4, 2 processors, seed 18446744073709551615, 61.2 s, \
        latencies of store

        journal_mode  integrity  durability  ops/s      p50      p99   p99.9      max  BUSY  fairness
        wal           ok         FAIL        9,000  10.0 us  14.9 us  512 us  13.6 ms     3      0.80
        off           violated   unknown       180   900 ns  1.50 us          25.0 us     0      1.00

        FAIL journal_mode=wal: durability is violated, expected valid (45,000 acknowledged stores)
            key 1 is absent
            key 2 is absent
            key 3 is absent
        unknown journal_mode=off: durability is unknown, expected valid: no kill hit a write
        violated journal_mode=off: integrity is violated, as allowed
            integrity_check: row 3 missing from index
        ! journal_mode=wal: 1 worker died unasked: incidents/incident-1.json

        \(Finding.sentence(Samples.journals))

        """)
  }

  @Test("With colour verdicts are marks, and without its sequences the text is the same")
  func colour() {
    let coloured = TerminalReport.text(Samples.journals, style: .init(colour: true))
    #expect(coloured.contains("\u{1B}[31m✗"))
    #expect(coloured.contains("✓"))
    let words = TerminalReport.text(Samples.journals, style: .init(colour: true, ascii: true))
    #expect(words.contains("FAIL"))
    let plain = words.replacing(/\u{1B}\[[0-9]+m/, with: "")
    #expect(plain == TerminalReport.text(Samples.journals, style: .init(ascii: true)))
    #expect(plain.allSatisfy { $0.isASCII })
  }

  @Test("A table that would be too wide shortens its heads, then counts its verdicts")
  func width() {
    func widest(_ width: Int) -> Int {
      CellTable(result: Samples.locks, style: .init(width: width)).lines.map(\.count).max() ?? 0
    }
    #expect(widest(120) > 95)
    #expect(widest(95) <= 95)
    #expect(widest(88) <= 88)
    let summary = CellTable(result: Samples.locks, style: .init(width: 40)).lines
    #expect(summary[1].contains("2 ok"))
  }

  @Test("Only a few notes and witness lines are shown unless all are asked for")
  func detail() {
    var result = Samples.journals
    result.cells = Array(repeating: result.cells[0], count: 10)
    let normal = TerminalReport.text(result)
    #expect(normal.contains("and 4 more in result.json"))
    #expect(!normal.contains("and 7 more"))
    let verbose = TerminalReport.text(result, style: .init(detail: .verbose))
    #expect(verbose.contains("and 7 more"))
    #expect(!verbose.contains("more in result.json"))
  }

  @Test("A run without cells, verdicts or figures still has a report")
  func empty() {
    let nothing = Samples.result(
      "none", "Nothing?", cells: [], outcome: "interrupted", exitCode: 130)
    #expect(TerminalReport.text(nothing).hasSuffix("\nInterrupted, nothing was expected.\n"))
    var bare = Samples.cell("default", [:], verdicts: [])
    bare.measuredSeconds = 0
    let one = Samples.result("one", "One?", cells: [bare], outcome: "met", exitCode: 0)
    #expect(TerminalReport.text(one).contains("cell\ndefault\n"))
  }

  @Test("Fairness is the share of the least busy actor, a restarted one counted once")
  func fairness() {
    var cell = Samples.cell("default", [:], verdicts: [], actors: [100, 82])
    #expect(cell.fairness == 0.82)
    cell.actors.append(
      ActorResult(actor: "p0.1/a1", repetition: 0, operations: 9, longestWait: 0))
    #expect(cell.fairness == 0.91)
    cell.actors.append(
      ActorResult(actor: "p0.0/a0", repetition: 1, operations: 10, longestWait: 0))
    #expect(cell.fairness == 0.91)
    #expect(Samples.cell("default", [:], verdicts: [], actors: [100]).fairness == nil)
    #expect(Samples.cell("default", [:], verdicts: [], actors: [0, 0]).fairness == nil)
  }
}
