import AssayModel
import Testing

@testable import Reports

@Suite("The report on a terminal")
struct TerminalReportTests {
  @Test("What was met is one screen: a table and the headline")
  func met() {
    #expect(
      TerminalReport.text(Samples.locks) == """
        stale-lock: How soon is the lock of a dead owner free?
        real world, SQLite 3.40.1, ext4, 2 processors, seed 18446744073709551615, 61.2
        s, latencies of acquire

                                                                    taken
        ttl    owner   checks  acquire/s      p50      p99     max   over  within  fair
        250ms  random  2 ok          180  5.20 ms  21.3 ms  362 ms      2  362 ms  0.82
        500ms  stable  2 ok          170  5.30 ms  22.0 ms  612 ms      1  612 ms  0.98

        \(Prose.lines(Headline.text(Samples.locks), width: 80).joined(separator: "\n"))

        """)
  }

  @Test("What was missed, unknown or violated is under the table with its witness")
  func missed() {
    #expect(
      TerminalReport.text(Samples.journals) == """
        kill-nine: Is anything acknowledged lost after kill -9?
        real world, SQLite 3.40.1, ext4, 2 processors, seed 18446744073709551615, 61.2
        s, latencies of store

        journal
        mode     checks              store/s      p50      p99      max  BUSY  fair
        wal      FAIL durability       9,000  10.0 us  14.9 us  13.6 ms     3  0.80
        off      unknown durability      180   900 ns  1.50 us  25.0 us     0  1.00

        FAIL journal_mode=wal: durability is violated, expected valid (45,000
          acknowledged stores)
            key 1 is absent
            key 2 is absent
            key 3 is absent
        unknown journal_mode=off: durability is unknown, expected valid: no kill hit a
          write
        violated journal_mode=off: integrity is violated, as allowed
            integrity_check: row 3 missing from index
        ! journal_mode=wal: 1 worker exited unexpectedly: incidents/incident-1.json

        \(Prose.lines(Headline.text(Samples.journals), width: 80).joined(separator: "\n"))

        """)
  }

  @Test("Colour adds nothing but its sequences")
  func colour() {
    let coloured = TerminalReport.text(Samples.journals, style: .init(colour: true))
    #expect(coloured.contains("\u{1B}[31mFAIL durability"))
    #expect(
      coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == TerminalReport.text(Samples.journals))
  }

  @Test("Nothing is wider than the terminal, and what matters least leaves first")
  func width() {
    for width in [60, 80, 100] {
      for result in [Samples.locks, Samples.journals] {
        let text = TerminalReport.text(result, style: .init(width: width))
        let widest = text.split(separator: "\n").map(\.count).max() ?? 0
        #expect(widest <= width, "\(text)")
      }
    }
    let narrow = CellTable(result: Samples.locks, style: .init(width: 60)).lines
    #expect(narrow.last?.contains("612 ms") == true)
    #expect(!narrow.joined().contains("fair"))
    let wide = CellTable(result: Samples.journals, style: .init(width: 100)).lines
    #expect(wide.joined().contains("fair"))
  }

  @Test("A share below one half keeps its column in a narrow table")
  func unfair() {
    var result = Samples.journals
    result.cells[0].actors[0].operations = 200
    let table = CellTable(result: result, style: .init(width: 80)).lines
    #expect(table[1].hasSuffix("fair"), "\(table)")
    #expect(table[2].hasSuffix("0.01"), "\(table)")
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
    #expect(TerminalReport.text(nothing).hasSuffix("\nInterrupted.\n"))
    var bare = Samples.cell("default", [:], verdicts: [])
    bare.measuredSeconds = 0
    let one = Samples.result("one", "One?", cells: [bare], outcome: "met", exitCode: 0)
    #expect(TerminalReport.text(one).contains("cell     checks\ndefault  -\n"))
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
