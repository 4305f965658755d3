import AssayModel
import Foundation
import Gate
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("What a gate prints")
struct GateReportTests {
  @Test("A card shows the ratio with its interval, margin, effect and number of pairs")
  func card() throws {
    let text = GateReport.text(try GateSample.red())
    for word in [
      "regression  throughput  -4.88 % (-5.82 % to -3.92 %)", "margin 2.50 %, effect 5.00 %",
      "n = 40 pairs", "at 700 operations/s", "not calibrated (assay calibrate shop)",
      "inconclusive  p99(store)", "improvement  p50(store)",
    ] {
      #expect(text.contains(word), "\(word) in\n\(text)")
    }
  }

  @Test("The table of counts holds those that differ, and says so of equal ones")
  func counts() throws {
    let text = GateReport.text(try GateSample.red())
    #expect(text.contains("2 of 3 differ"))
    #expect(text.contains("more: regression"))
    #expect(!text.contains("vfs.write.wal.calls"))
    let same = GateSample.record([], counts: [GateSample.count("syncs", 1, 1, .same)])
    #expect(GateReport.text(same).contains("all 1 are the same"))
  }

  @Test("The last line is one sentence with the cause; correctness beats a regression")
  func sentence() throws {
    let red = try GateSample.red()
    let last = try #require(GateReport.text(red).split(separator: "\n").last)
    #expect(last.hasPrefix("Regression: shop, throughput: -4.88 %, "))
    #expect(red.exitCode == 3)
    let broken = GateSample.record(
      [try GateSample.metric(.throughput, .regression)], violations: ["head: durability: lost"])
    #expect(broken.sentence == "Correctness is violated: shop: head: durability: lost.")
    #expect(broken.exitCode == 2)
  }

  @Test("Without colour there are no escape sequences, with it the decision is coloured")
  func colour() throws {
    let red = try GateSample.red()
    #expect(!GateReport.text(red).contains("\u{1B}"))
    let coloured = GateReport.text(red, style: TerminalReport.Style(colour: true))
    #expect(coloured.contains("\u{1B}[31m"))
  }
}

@Suite("A gate as JUnit XML")
struct GateJUnitTests {
  /// What a test case of the document says.
  private final class Reader: NSObject, XMLParserDelegate {
    var cases: [String: String] = [:]
    var messages: [String: String] = [:]
    var totals: [String: String] = [:]
    var times: [String] = []
    private var current = ""

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if let time = attributes["time"] { times.append(time) }
      switch element {
      case "testsuites": totals = attributes
      case "testcase":
        current = "\(attributes["classname", default: ""]) \(attributes["name", default: ""])"
        cases[current] = "passed"
      case "failure", "error", "skipped":
        cases[current] = element
        messages[current] = attributes["message"]
      default: break
      }
    }
  }

  private func read(_ record: GateRecord) throws -> Reader {
    let text = GateJUnit.text(record)
    let parser = XMLParser(data: Data(text.utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse(), "\(text)")
    return reader
  }

  @Test("Regressions are failures, what could not be told is an error, the rest passed")
  func cases() throws {
    let reader = try read(GateSample.red())
    #expect(
      reader.cases == [
        "shop correctness": "passed", "shop exact counts": "failure",
        "shop throughput": "failure", "shop p99(store)": "error", "shop p50(store)": "passed",
      ])
    #expect(reader.totals["tests"] == "5")
    #expect(reader.totals["failures"] == "2")
    #expect(reader.totals["errors"] == "1")
    #expect(reader.messages["shop throughput"]?.contains("\"<margin>\" & 100%") == true)
  }

  @Test("Test cases are the same whatever comes of the gate, and each has its time")
  func sameCases() throws {
    let counts = [
      GateSample.count("syncs", 1, 1, .same), GateSample.count("reads", 1, 2, .increased),
    ]
    let records = [
      try GateSample.red(), GateSample.record([], counts: counts, missing: .notAsked),
      GateSample.record([], missing: .noBaseline("another machine")),
      GateSample.record([], violations: ["head: lost"]),
      GateSample.record([try GateSample.metric(.throughput, .environmentInvalid)], counts: counts),
    ].map { record in
      var record = record
      record.workloads[0].metrics = ["throughput", "p99", "p50(store)"]
      return record
    }
    let wanted = ["correctness", "exact counts", "throughput", "p99", "p50(store)"]
    for record in records {
      let reader = try read(record)
      #expect(reader.cases.keys.sorted() == wanted.map { "shop \($0)" }.sorted())
      #expect(reader.times.count == wanted.count + 2)
      #expect(reader.times.allSatisfy { Double($0) != nil })
    }
    // The percentile of the main operation is the case of the plain one.
    #expect(try read(records[0]).cases["shop p99"] == "error")
    // What a violated workload does not measure is not its failure.
    #expect(try read(records[3]).cases["shop throughput"] == "skipped")
  }

  @Test("A violation is a failure; times that nobody asked for are skipped, a lost base an error")
  func further() throws {
    let broken = try read(
      GateSample.record([], violations: ["head: line one\nline two \u{1} end"]))
    #expect(broken.cases["shop correctness"] == "failure")
    #expect(broken.messages["shop correctness"]?.contains("one\nline two") == true)
    let same = [GateSample.count("syncs", 1, 1, .same)]
    let skipped = try read(GateSample.record([], counts: same, missing: .notAsked))
    #expect(skipped.cases["shop throughput"] == "skipped")
    let other = try read(
      GateSample.record([], counts: same, missing: .noBaseline("another machine")))
    #expect(other.cases["shop throughput"] == "error")
  }
}

@Suite("A gate as Markdown and as annotations")
struct GateMarkdownTests {
  @Test("The summary has a row a decision, and no cell breaks the table")
  func markdown() throws {
    let text = GateMarkdown.text(try GateSample.red())
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count == 2 + 6 + 2 + 1)
    for row in rows.prefix(2 + 6) {
      let bars = row.replacing("\\|", with: "").count { $0 == "|" }
      #expect(bars == 8, "\(row)")
    }
    #expect(text.contains("-4.88 % (-5.82 % to -3.92 %)"))
    #expect(text.contains("| vfs.sync.wal.calls | 6 | 7 |"))
    #expect(text.contains("<details><summary>1 equal count</summary>"))
    #expect(text.contains("| vfs.write.wal.calls | 9 | 9 |"))
    #expect(text.contains("&lt;margin&gt;"))
    #expect(text.contains("❌") && text.contains("Exit code 3"))
  }

  @Test("Each finding is an annotation of one line with its escapes; what passed is none")
  func annotations() throws {
    let lines = GateAnnotations.text(try GateSample.red()).split(separator: "\n")
    #expect(lines.count == 5)
    let regression = try #require(lines.first { $0.contains("throughput") })
    #expect(regression.hasPrefix("::error title=shop%3A throughput regressed::-4.88 %25, "))
    #expect(lines.contains { $0.hasPrefix("::warning title=shop%3A p99(store) inconclusive::") })
    #expect(lines.contains { $0.hasPrefix("::notice title=shop%3A a|b improved::") })
    let passed = GateSample.record([], counts: [GateSample.count("syncs", 1, 1, .same)])
    #expect(GateAnnotations.text(passed) == "")
    let broken = GateSample.record([], violations: ["one\ntwo: 50%"])
    #expect(GateAnnotations.text(broken).hasSuffix("::one%0Atwo: 50%25\n"))
  }

  @Test("An annotation is shown at the scenario file, at the line that says what is gated")
  func places() throws {
    var red = try GateSample.red()
    (red.workloads[0].file, red.workloads[0].line) = ("Scenarios/shop,1.yaml", 12)
    for line in GateAnnotations.text(red).split(separator: "\n") {
      #expect(line.contains(" file=Scenarios/shop%2C1.yaml,line=12,title=shop%3A "), "\(line)")
    }
  }
}
