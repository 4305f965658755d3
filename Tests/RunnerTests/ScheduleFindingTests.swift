import AssayModel
import Foundation
import SQLiteDriver
import Testing

@testable import Runner

/// The WAL-reset bug of the library that Debian ships, as users find it. Source: SQLite's
/// documentation, wal.html, section 11: versions 3.7.0 to 3.51.2.
@Suite(
  "The finding of the WAL-reset bug",
  .enabled(if: SQLiteLibrary.versionNumber < 3_051_003, "this library does not have the bug"))
struct ScheduleFindingTests {
  /// One exploration whose findings every test looks at.
  private static let made = Task {
    let sandbox = try Sandbox()
    let (_, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage:
          journal_mode: wal
          synchronous: normal
          page_size: 1024
          wal_autocheckpoint: 8
          busy_timeout: 1s
          max_open_connections: 1
        load:
          workload: mixed
          processes: 3
          writers: 1
          readers: 0
          keys: { count: 8 }
          operations: 60
          mix: { own: 4, counter: 3, several: 2, read: 2, checkpoint: 3, think: 4 }
        explore: { minimum: 1, schedules: 64 }
        expect: { shared_memory: violated }
        """, name: "wal-reset"), ["--seed", "11"], in: sandbox)
    let folder = try #require(sandbox.files(named: "result.json").first)
      .dropLast("/result.json".count)
    return (sandbox: sandbox, path: "\(folder)/\(try #require(result.cells[0].findings.first))")
  }

  @Test("At most 3 actors, 12 operations and 6 preemptions are left of it")
  func small() async throws {
    let made = try await Self.made.value
    guard case .schedule(let finding) = try FindingFile.read(made.path) else {
      Issue.record("\(made.path) is no finding of a schedule")
      return
    }
    #expect(finding.found.check == .sharedMemory)
    #expect(60 - finding.skipped.count <= 12, "\(60 - finding.skipped.count) operations")
    #expect(finding.preemptions <= 6)
  }

  @Test("Its replay draws the race, in 120 columns")
  func drawn() async throws {
    let made = try await Self.made.value
    let ending = try await Assay.run(["replay", made.path], in: made.sandbox)
    #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
    let lines = ending.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 120 })
    let fault = try #require(lines.firstIndex { $0.hasPrefix("* the shared memory says: ") })
    #expect(lines[fault - 1].contains("release CKPT"))
    // The log was begun anew while another actor had the lock of the checkpoint.
    let restart = try #require(lines[..<fault].lastIndex { $0.contains("write wal header") })
    #expect(lines[restart].contains("[CKPT"), "\(lines[restart])")
    #expect(lines[..<fault].contains { $0.hasPrefix("! ") && $0.contains("preempted before") })
    #expect(lines[..<fault].contains { $0.hasPrefix("> ") && $0.contains("begin ") })
  }

  @Test("It is reproduced 100 times out of 100")
  func again() async throws {
    let path = try await Self.made.value.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      try ScheduleFindingTests.replay(path)
    }
  }

  private static func replay(_ path: String) throws {
    guard case .schedule(let finding) = try FindingFile.read(path) else {
      Issue.record("\(path) is no finding of a schedule")
      return
    }
    let program = try SimulatedProgram(finding.cell)
    var reports: Set<ReplayReport> = []
    for _ in 0..<100 { reports.insert(try ScheduleReplay(finding, program).run()) }
    #expect(reports.count == 1)
    #expect(reports.first?.isReproduced == true, "\(reports.first?.differences ?? [])")
  }
}
