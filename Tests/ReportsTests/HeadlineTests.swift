import AssayModel
import Testing

@testable import Reports

@Suite("The headline of a run")
struct HeadlineTests {
  @Test("A recovered lock is told with its excess over the lease")
  func recovery() {
    #expect(
      Headline.text(Samples.locks) == """
        No lock was held twice and no stale write was accepted over 1 kill. A lock left behind \
        was taken over within 612 ms of its last renewal (at most 112 ms after its lease had \
        ended), 532 ms after the kill (3 takeovers). All 4 expectations met.
        """)
  }

  @Test("A violation is told by what its check found, and misses with their cells")
  func misses() {
    #expect(
      Headline.text(Samples.journals) == """
        Acknowledged writes were lost with journal_mode wal. integrity_check found damage with \
        journal_mode off, which the scenario allows; elsewhere integrity_check was clean. Store \
        ran at 9,000/s with journal_mode wal and 180/s with off. p99 of store was 14.9 us with \
        journal_mode wal and 1.50 us with off. 1 worker exited unexpectedly. 1 of 3 \
        expectations not met: durability with journal_mode wal. 1 of 3 expectations undecided: \
        durability with journal_mode off.
        """)
  }

  @Test("Whatever is violated, nothing that was not checked is called lost, damaged or sound")
  func onlyWhatWasChecked() {
    for check in CheckName.headlineOrder {
      for status in [CheckResult.Status.valid, .violated] {
        var result = Samples.locks
        for index in result.cells.indices {
          result.cells[index].verdicts = [
            Verdict(
              check: check, status: status, expected: "valid", met: status == .valid, evidence: "")
          ]
        }
        let text = Headline.text(result)
        let claim = status == .valid ? check.claim?.held.first : check.claim?.broken
        #expect(text.lowercased().contains(claim?.lowercased() ?? "?"), "\(text)")
        #expect(!text.contains("sound"))
        #expect(text.contains("lost") == (check == .durability), "\(text)")
        #expect(text.contains("damage") == (check == .integrity && status == .violated), "\(text)")
      }
    }
  }

  @Test("A demonstration that succeeded says where, and that it was expected")
  func demonstration() {
    var result = Samples.locks
    result.cells[0].verdicts = [
      Verdict(
        check: .mutualExclusion, status: .violated, expected: "violated", met: true, evidence: "",
        witness: ["lock 0 was held twice"])
    ]
    let text = Headline.text(result)
    #expect(
      text.hasPrefix(
        "A lock was held twice or a stale write accepted with ttl 250ms after 1 kill, as expected;"
          + " elsewhere no lock was held twice and no stale write was accepted. A lock left"),
      "\(text)")
  }

  /// Three numbers of readers, whose reads are many and whose stores are few.
  private var readers: RunResult {
    let rates = [(0, 1_868.0, 0.0), (1, 290, 301_000), (2, 116, 583_103)]
    let cells = rates.map { number, stores, reads in
      var cell = Samples.cell(
        "load.readers=\(number)", ["load.readers": "\(number)"], verdicts: [],
        operations: [
          "store": Samples.operation(
            Samples.latency(5_000, p50: 10, p99: 20_000, p999: 30, max: 40_000),
            throughput: stores)
        ], throughput: stores + reads)
      if reads > 0 {
        cell.operations["load"] = Samples.operation(
          Samples.latency(9_000, p50: 1, p99: 2_000, p999: 3, max: 4_000), throughput: reads)
      }
      return cell
    }
    return Samples.result(
      "readers", "What do readers cost?", cells: cells, outcome: "", exitCode: 0)
  }

  @Test("Operations of different kinds are never added up")
  func kinds() {
    let text = TerminalReport.text(readers)
    #expect(
      Headline.text(readers).hasPrefix(
        "Store ran at 1,868/s with readers 0, 290/s with 1 and 116/s with 2. "), "\(text)")
    #expect(!text.contains("583,219") && !text.contains("301,290"), "\(text)")
    #expect(text.contains("583,103"), "\(text)")
  }

  @Test("show: decides which figures the table has and the headline compares")
  func show() {
    var result = readers
    result.show = [.latency(.p99, "load"), .latency(.max, nil)]
    #expect(
      Headline.text(result) == """
        p99 of load was 2.00 us in every cell. The longest store took 40.0 us in every cell. \
        Nothing was expected.
        """)
    let lines = CellTable(result: result, style: .init()).lines
    #expect(lines[0...1] == ["                    load", "readers  checks      p99      max"])
  }

  @Test("More than four cells are told as the range of their values")
  func range() {
    var result = readers
    result.cells += result.cells.map { cell in
      var other = cell
      other.id += "0"
      other.parameters = ["load.readers": (cell.parameters["load.readers"] ?? "") + "0"]
      return other
    }
    result.show = [.throughput("store")]
    #expect(
      Headline.text(result).hasPrefix("Store ran at 116/s with readers 2 to 1,868/s with 0"),
      "\(Headline.text(result))")
  }
}
