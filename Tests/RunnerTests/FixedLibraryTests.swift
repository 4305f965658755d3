import AssayModel
import Foundation
import SQLiteDriver
import Testing

@Suite("A library without the WAL-reset bug")
struct FixedLibraryTests {
  private static let scenario = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Scenarios/wal-reset.yaml").path

  /// Runs the scenario as it is, with so many schedules.
  private static func run(
    _ schedules: Int, _ options: [String] = []
  ) async throws -> (ending: Assay.Ending, result: RunResult) {
    let ending = try await Assay.run(
      [
        "run", scenario, "--json", "--out", "out", "--schedules", "\(schedules)",
        "--set", "explore.minimum=\(schedules * 3 / 4)",
      ] + options, in: try Sandbox(), within: .seconds(240))
    return (ending, try Assay.result(ending.output, ending))
  }

  @Test(
    "Nothing is found in it, although the window of the bug is hit",
    .enabled(
      "ASSAY_FIXED_SQLITE is neither 'build' nor the path of a fixed libsqlite3.so.0 (3.51.3 or later), or it could not be built: see above"
    ) { await FixedSQLite.isThere() })
  func fixed() async throws {
    guard case .at(let library) = await FixedSQLite.library.value else { return }
    let (ending, result) = try await Self.run(2_000, ["--sqlite", library])
    #expect(result.environment.sqliteSourceID != "")
    let version = result.environment.sqliteVersion.split(separator: ".").compactMap { Int($0) }
    let number = version.reduce(0) { $0 * 1_000 + $1 }
    #expect(number >= FixedSQLite.firstFixed, "\(library) is \(result.environment.sqliteVersion)")
    #expect(ending.code == 0, "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.verdicts.allSatisfy { $0.status == .valid }, "\(cell.verdicts)")
    #expect(cell.findings == [])
    #expect(cell.explored["schedules_violating"] == nil)
    let windows = cell.explored["schedules_restarting_under_checkpoint"] ?? 0
    #expect(windows > 10, "the window was hit in \(windows) of 2,000 schedules")
  }

  @Test(
    "The same schedules of a library that has the bug find it",
    .enabled(if: SQLiteLibrary.versionNumber < FixedSQLite.firstFixed, "this one is fixed"))
  func affected() async throws {
    let (ending, result) = try await Self.run(64, ["--seed", "11"])
    let cell = try #require(result.cells.first)
    #expect(cell.explored["schedules_restarting_under_checkpoint"] ?? 0 > 0, "\(cell.explored)")
    #expect(cell.findings != [], "\(ending.errors)")
    #expect(
      cell.verdicts.first { $0.check == .sharedMemory }?.status == .violated, "\(cell.verdicts)")
  }
}
