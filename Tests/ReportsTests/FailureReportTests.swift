import AssayModel
import Testing

@testable import Reports

@Suite("Failed operations and starved actors on the terminal")
struct FailureReportTests {
  private func cell(
    id: String = "default", parameters: [String: String] = [:],
    _ attempts: [AttemptsResult], _ errors: [ErrorResult]
  ) -> CellResult {
    var cell = Samples.cell(id, parameters, verdicts: [])
    cell.attempts = attempts
    cell.errors = errors
    return cell
  }

  private func text(_ cells: CellResult..., style: TerminalReport.Style = .init(width: 160))
    -> String
  {
    TerminalReport.text(
      Samples.result("shop", "Does it hold?", cells: cells, outcome: "met", exitCode: 0),
      style: style)
  }

  private func tried(
    _ operation: String, acknowledged: UInt64, failed: UInt64, unfinished: UInt64 = 0
  ) -> AttemptsResult {
    AttemptsResult(
      operation: operation, kind: "transaction", attempts: acknowledged + failed + unfinished,
      acknowledged: acknowledged, failed: failed, unfinished: unfinished,
      hasSucceeded: acknowledged > 0)
  }

  @Test("A failed operation gets a column with count and share, and a line with SQLite's message")
  func failed() {
    let report = text(
      cell(
        [tried("move", acknowledged: 960, failed: 0), tried("prune", acknowledged: 0, failed: 40)],
        [
          ErrorResult(
            operation: "prune", code: "SQLITE_ERROR", count: 40, failed: 40,
            message: "cannot VACUUM from within a transaction")
        ]))
    #expect(report.contains("failed"))
    #expect(report.contains("40 (4.00 %)"), "\(report)")
    #expect(
      report.contains(
        "failed prune: 40 of 40 failed with SQLITE_ERROR, none succeeded: "
          + "cannot VACUUM from within a transaction"), "\(report)")
  }

  @Test("Without a failed operation there is neither column nor line; retried attempts are none")
  func clean() {
    let report = text(
      cell(
        [tried("move", acknowledged: 960, failed: 0)],
        [ErrorResult(operation: "move", code: "SQLITE_BUSY", count: 12, failed: 0)]))
    #expect(!report.contains("failed"), "\(report)")
    #expect(!report.contains("SQLITE_BUSY"), "\(report)")
  }

  @Test("The same error in several cells is one line, and many kinds are cut")
  func bounded() {
    func failing(_ mode: String) -> CellResult {
      cell(
        id: "storage.journal_mode=\(mode)", parameters: ["storage.journal_mode": mode],
        (0..<9).map { tried("t\($0)", acknowledged: 10, failed: UInt64(20 - $0)) },
        (0..<9).map {
          ErrorResult(
            operation: "t\($0)", code: "SQLITE_FULL", count: 20, failed: UInt64(20 - $0))
        })
    }
    let report = text(failing("wal"), failing("delete"))
    #expect(
      report.contains("failed all cells: t0: 40 of 60 failed with SQLITE_FULL\n"), "\(report)")
    #expect(report.contains("and 3 more kinds of errors in result.json"), "\(report)")
    #expect(!report.contains("t6:"))
  }

  @Test("An operation that was only waiting, and never succeeded, has a line as well")
  func waiting() {
    let report = text(
      cell(
        [tried("store", acknowledged: 0, failed: 0, unfinished: 8)],
        [
          ErrorResult(
            operation: "store", code: "SQLITE_BUSY", count: 900, failed: 0,
            message: "database is locked")
        ]))
    #expect(
      report.contains(
        "failed store: 900 attempts ended with SQLITE_BUSY, none succeeded: database is locked"),
      "\(report)")
  }

  @Test("Starved actors are counted in a line, with the wait as a lower bound")
  func starved() {
    var cell = Samples.cell("default", [:], verdicts: [], actors: [678, 0, 0])
    for index in 1...2 {
      cell.actors[index].isStarved = true
      cell.actors[index].longestWait = 2_200_000_000
      cell.actors[index].longestWaitIsLowerBound = true
    }
    let line = "2 of 3 writers got no acknowledgement while measuring; the longest wait is "
    #expect(text(cell).contains("starved \(line)≥ 2.20 s\n"), "\(text(cell))")
    #expect(text(cell, style: .init(ascii: true, width: 160)).contains("\(line)>= 2.20 s\n"))
    #expect(cell.fairness == 0)
  }

  @Test("A figure that an open operation decides is shown as a lower bound")
  func bounds() {
    var latency = Samples.latency(
      678, p50: 18_000, p99: 2_200_000_000, p999: nil, max: 2_200_000_000)
    latency.lowerBounds = ["p99", "max"]
    let cell = Samples.cell(
      "default", [:], verdicts: [], operations: ["store": Samples.operation(latency, throughput: 9)]
    )
    let report = text(cell)
    #expect(report.contains("18.0 us  ≥ 2.20 s  ≥ 2.20 s"), "\(report)")
    #expect(report.contains("The longest store took at least 2.20 s"), "\(report)")
  }

  @Test(
    "A share never reads as none or all unless it is",
    arguments: [
      (0, 10, "0 %"), (1, 100_000, "< 0.01 %"), (12, 1_000, "1.20 %"), (123, 1_000, "12.3 %"),
      (9_999, 10_000, "> 99.9 %"), (7, 7, "100 %"),
    ] as [(UInt64, UInt64, String)])
  func percent(part: UInt64, whole: UInt64, text: String) {
    #expect(Figures.percent(part, of: whole) == text)
  }
}
