import AssayModel
import Testing

@testable import Reports

@Suite("The table of an exploration")
struct ExplorationTableTests {
  /// A row of the matrix of settings against what survives.
  private func cell(
    _ mode: String, consistency: (CheckResult.Status, String),
    durability: (CheckResult.Status, String)
  ) -> CellResult {
    let verdicts = [
      (CheckName.consistency, consistency), (CheckName.durability, durability),
    ].map { check, found in
      Verdict(check: check, status: found.0, expected: found.1, met: true, evidence: "images")
    }
    let parameters = [
      "explore.crashes": "power-loss", "storage.journal_mode": mode,
      "storage.synchronous": "normal",
    ]
    var cell = Samples.cell(mode, parameters, verdicts: verdicts)
    cell.explored = [
      "crash_points": 40, "crash_points_exhausted": 39, "distinct_images": 17_347,
      "images_inconsistent": 1_204, "images_lost": 12_345,
    ]
    return cell
  }

  @Test("The durability matrix says of each verdict what was promised, within 120 columns")
  func promises() {
    let cells = [
      cell("truncate", consistency: (.violated, "violated"), durability: (.violated, "violated")),
      cell("wal", consistency: (.valid, "valid"), durability: (.valid, "may_violate")),
    ]
    let result = Samples.result(
      "matrix", "What survives?", cells: cells, outcome: "passed", exitCode: 0)
    let lines = TerminalReport.text(result).split(separator: "\n").map(String.init)
    let rows = lines.filter { $0.hasPrefix("power-loss") }
    #expect(rows.count == 2)
    #expect(rows.first?.contains("violated (no promise)  violated (no promise)") == true)
    #expect(rows.last?.contains("ok (may hold)          ok (promised)") == true)
    #expect(rows.allSatisfy { $0.contains("97 %  17,347   1,204  12,345") })
    #expect(rows.allSatisfy { $0.count <= 120 })
  }

  @Test("Schedules are counted in the table and in the finding, and so are those that fail")
  func schedules() {
    let verdicts = [
      Verdict(
        check: .sharedMemory, status: .violated, expected: "violated", met: true,
        evidence: "schedules", witness: ["a checkpoint lies"])
    ]
    var cell = Samples.cell("default", [:], verdicts: verdicts)
    cell.explored = ["distinct_schedules": 10_030, "schedules_violating": 15]
    let result = Samples.result(
      "races", "Any?", cells: [cell], outcome: "passed", exitCode: 0)
    let text = TerminalReport.text(result)
    #expect(text.contains("schedules  violating"), "\(text)")
    #expect(text.contains("10,030         15"), "\(text)")
    #expect(
      text.contains(
        "data was lost or damaged in the cell, as expected or allowed (10,030 distinct schedules)"),
      "\(text)")
  }
}
