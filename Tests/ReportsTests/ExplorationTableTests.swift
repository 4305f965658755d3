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

  @Test("A table with room says of each verdict what was promised")
  func promises() {
    let cells = [
      cell("truncate", consistency: (.violated, "violated"), durability: (.violated, "violated")),
      cell("wal", consistency: (.valid, "valid"), durability: (.valid, "may_violate")),
    ]
    let result = Samples.result(
      "matrix", "What survives?", cells: cells, outcome: "passed", exitCode: 0)
    let lines = CellTable(result: result, style: .init(width: 140)).lines
    let rows = lines.filter { $0.hasPrefix("power-loss") }
    #expect(rows.count == 2)
    #expect(rows.first?.contains("violated (no promise)  violated (no promise)") == true)
    #expect(rows.last?.contains("ok (may hold)          ok (promised)") == true)
    #expect(rows.allSatisfy { $0.contains("97 %  17,347         1,204  12,345") }, "\(rows)")
    let narrow = CellTable(result: result, style: .init()).lines
    #expect(narrow.allSatisfy { $0.count <= 80 }, "\(narrow)")
    #expect(narrow.last?.contains("2 ok") == true, "\(narrow)")
  }

  @Test("A full matrix of what survives is a map within 80 columns")
  func map() {
    let cells = ["delete", "wal", "off"].flatMap { mode in
      ["off", "normal", "full", "extra"].map { synchronous in
        let isLost = synchronous != "extra"
        var cell = cell(
          mode, consistency: mode == "off" ? (.violated, "violated") : (.valid, "valid"),
          durability: isLost ? (.violated, "violated") : (.valid, "valid"))
        cell.parameters["storage.synchronous"] = synchronous
        cell.id =
          "explore.crashes=power-loss,storage.journal_mode=\(mode),"
          + "storage.synchronous=\(synchronous)"
        return cell
      }
    }
    var result = Samples.result(
      "matrix", "What survives?", cells: cells, outcome: "passed", exitCode: 0)
    result.cells[4].verdicts[1].met = false
    #expect(
      CellTable(result: result, style: .init()).lines == [
        "crashes power-loss  synchronous",
        "journal_mode        off               normal      full        extra",
        "delete              loses last        loses last  loses last  keeps all",
        "wal                 FAIL: loses last  loses last  loses last  keeps all",
        "off                 damaged           damaged     damaged     damaged",
      ])
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
    let text = TerminalReport.text(result, style: .init(width: 100))
    #expect(text.contains("schedules  violating"), "\(text)")
    #expect(text.contains("10,030         15"), "\(text)")
    #expect(
      text.contains(
        "The WAL index claimed more than the log held in some of 10,030 distinct schedules, as "
          + "expected."),
      "\(text)")
  }
}
