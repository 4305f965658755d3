import AssayModel
import Testing

@testable import Reports

@Suite("What the service time went to, in the table")
struct ServiceTimeTests {
  private func report(_ times: [ServiceTime?]) -> String {
    let cells = times.enumerated().map { number, time in
      var cell = Samples.cell("cell-\(number)", [:], verdicts: [])
      cell.serviceTime = time
      return cell
    }
    return TerminalReport.text(
      Samples.result("slow", "Where does it go?", cells: cells, outcome: "passed", exitCode: 0))
  }

  @Test("Cells that measured it show shares; without any, the column is left out")
  func column() {
    let time = ServiceTime(total: 200, locking: 50, syncing: 100, otherCalls: 10)
    #expect(time.rest == 40)
    #expect(report([time, nil]).contains("lock/sync/I/O\n"))
    #expect(report([time, nil]).contains("0.25/0.50/0.05\n"))
    #expect(!report([nil, nil]).contains("lock/sync/I/O"))
  }

  @Test("Parts that are more than the whole leave no rest")
  func noNegativeRest() {
    #expect(ServiceTime(total: 10, locking: 5, syncing: 9, otherCalls: 1).rest == 0)
  }
}
