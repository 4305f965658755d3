import AssayModel
import Foundation
import Testing

/// The scenarios that come with Assay and explore schedules, with a few schedules each.
@Suite("Scenarios that explore schedules")
struct ScheduleScenarioTests {
  private static func run(_ name: String, _ options: [String] = []) async throws -> RunResult {
    let sandbox = try Sandbox()
    let ending = try await Assay.run(
      [
        "run", Assay.scenario(name), "--json", "--out", "out",
        "--schedules", "64", "--set", "explore.minimum=1",
      ] + options, in: sandbox, within: .seconds(120))
    let result = try Assay.result(ending.output, ending)
    #expect(ending.code == 0, "\(ending.errors)")
    return result
  }

  @Test(
    "Each holds what it promises on any library",
    arguments: [
      "busy-snapshot", "hot-journal-two-recoverers", "io-error-races", "lease-races", "pool-races",
      "rollback-journal-races",
    ])
  func sound(name: String) async throws {
    let result = try await Self.run(name)
    for cell in result.cells {
      #expect(cell.verdicts.allSatisfy { $0.status == .valid }, "\(cell.id): \(cell.verdicts)")
      #expect(cell.verdicts.contains { $0.check == .progress }, "\(cell.id)")
      #expect(cell.explored["distinct_schedules"] ?? 0 > 32, "\(cell.id)")
    }
  }

  @Test("A deferred transaction that was overtaken is told that its snapshot is too old")
  func busySnapshots() async throws {
    let deferred = try await Self.run("busy-snapshot")
    #expect(deferred.cells.allSatisfy { $0.explored["busy_snapshots"] ?? 0 > 0 })
    let immediate = try await Self.run("busy-snapshot", ["--set", "storage.begin=immediate"])
    #expect(immediate.cells.allSatisfy { $0.explored["busy_snapshots"] == nil })
  }

  @Test("What is expected of this library and not of others is said to be so")
  func libraryIsNamed() async throws {
    let result = try await Self.run("wal-checkpoint-races")
    let version = result.environment.sqliteVersion
    for verdict in result.cells.flatMap(\.verdicts) where verdict.check == .sharedMemory {
      #expect(verdict.evidence.contains("SQLite \(version) is "), "\(verdict.evidence)")
      #expect(verdict.evidence.contains(" of >=3.7.0 <3.51.3 !3.44.6 !3.50.7"))
    }
  }
}
