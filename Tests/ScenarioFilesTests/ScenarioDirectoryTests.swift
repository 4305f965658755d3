import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("The scenarios that come with Assay")
struct ScenarioDirectoryTests {
  static let names = [
    "first-look", "stale-lock-recovery", "paused-holder", "max-open-connections", "single-writer",
    "journal-modes", "busy-timeout", "processes", "kill-nine", "own-sql", "mixed", "memory-map",
    "disk-full",
    "slow-disk", "io-errors", "io-errors-kv", "corrupt-copy", "corrupt-delete-journal",
    "corrupt-swap-journal", "corrupt-silent-locks", "corrupt-two-vfs", "corrupt-rename",
    "corrupt-bit-flip", "corrupt-zero-shm", "corrupt-journal-off", "corrupt-schema", "profiles",
    "gate-kv", "gate-readers-writers", "gate-locks",
    "tune-ingest", "tune-web-app",
  ]
  /// Scenarios that end after a number of operations, programs or faults.
  static let counted = [
    "busy-snapshot", "cache-spill", "counting-cost", "crash-image-rate", "device-claims",
    "durability-matrix",
    "fsync-error-races", "fsync-lies", "growth-and-shrinking", "hot-journal-two-recoverers",
    "io-error-races",
    "io-error-sweep", "io-error-undo", "kill-schedules", "lease-races", "lease-races-faults",
    "lost-directory-entry",
    "out-of-memory", "own-sql-power-loss",
    "pool-races", "power-loss", "rollback-journal-races", "torn-writes", "undo-power-loss",
    "undo-races",
    "wal-checkpoint-races",
    "wal-reset",
  ]

  @Test("Every file is known to these tests")
  func allAreKnown() throws {
    let folder = URL(fileURLWithPath: Self.path("first-look")).deletingLastPathComponent().path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(names.sorted() == (Self.names + Self.counted).sorted())
  }

  static func path(_ name: String) -> String {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.appending(path: "Scenarios/\(name).yaml").path
  }

  static func load(_ name: String) throws -> ScenarioFile {
    try ScenarioFile.load(path: path(name))
  }

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  @Test("Each loads and plans, under the name of its file", arguments: names + counted)
  func plans(_ name: String) throws {
    let plan = try Self.load(name).plan(seed: Seed(1))
    #expect(plan.scenario.name == name)
    #expect(plan.scenario.question.hasSuffix("?"))
    #expect(!plan.cells.isEmpty && plan.cells.count <= (name == "durability-matrix" ? 48 : 16))
  }

  @Test("Each has an expectation that can fail in every cell", arguments: names + counted)
  func canFail(_ name: String) throws {
    for cell in try Self.load(name).plan(seed: Seed(1)).cells {
      let requirements = cell.expectations.flatMap(\.rules).map(\.requirement)
      #expect(requirements.contains { $0 != .mayViolate }, "\(cell.id)")
    }
  }

  @Test("Each measures for at most a minute, first-look for at most half of one", arguments: names)
  func isShort(_ name: String) throws {
    let plan = try Self.load(name).plan(seed: Seed(1))
    let total = plan.cells.reduce(0.0) { sum, cell in
      guard case .duration(let span) = cell.load.extent else { return .infinity }
      return sum + span.seconds + cell.load.warmUp.seconds
    }
    #expect(total <= (name == "first-look" ? 30 : 60))
  }

  @Test("A paused holder sleeps for twice its lease, and only fencing makes that safe")
  func pausedHolder() throws {
    let cells = try Self.load("paused-holder").plan(seed: Seed(1)).cells
    #expect(cells.map(\.faults.first?.duration) == [.milliseconds(600), .milliseconds(600)])
    let rules = cells.map { $0.expectations.last?.rules.first?.requirement }
    #expect(rules == [.violated, .valid])
  }
}
