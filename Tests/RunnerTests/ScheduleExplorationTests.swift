import AssayModel
import Foundation
import Testing

/// Small mixed transactions under a scheduler, explored by the built `assay` with real workers.
@Suite("Exploring schedules")
struct ScheduleExplorationTests {
  /// - Parameter expectations: lines of `expect:`.
  private static func scenario(
    _ explore: String,
    _ expectations: String = "integrity: may_violate, durability: may_violate, "
      + "atomicity: may_violate, shared_memory: may_violate, progress: valid"
  ) -> String {
    Text.scenario(
      """
      world: simulated
      storage:
        { journal_mode: wal, page_size: 1024, wal_autocheckpoint: 8, max_open_connections: 1 }
      load:
        { workload: mixed, processes: 3, writers: 1, keys: { count: 8 }, operations: 60,
          mix: { own: 4, counter: 3, several: 2, read: 2, checkpoint: 3, think: 4 } }
      explore: { \(explore) }
      expect: { \(expectations) }
      """)
  }

  private static func run(
    _ explore: String, _ options: [String] = []
  ) async throws -> RecoveryScenario.Explored {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(scenario(explore), options, in: sandbox)
    let cell = try #require(result.cells.first)
    let folder = try #require(sandbox.files(named: "result.json").sorted().last)
    return RecoveryScenario.Explored(
      ending: ending, cell: cell, folder: String(folder.dropLast("/result.json".count)),
      sandbox: sandbox)
  }

  @Test("Schedules are as many as asked for, nearly all different, and the same at any --jobs")
  func jobs() async throws {
    let one = try await Self.run("minimum: 100, schedules: 150", ["--jobs", "1"])
    #expect(one.ending.code == 0, "\(one.ending.output) \(one.ending.errors)")
    #expect(one.count("schedules") == 150)
    #expect(one.count("distinct_schedules") > 130)
    let two = try await Self.run("minimum: 100, schedules: 150", ["--jobs", "2"])
    func figures(_ run: RecoveryScenario.Explored) -> [String: UInt64] {
      run.cell.explored.filter { !$0.key.hasSuffix("nanoseconds") }
    }
    #expect(figures(one) == figures(two))
    #expect(try one.bytes() == two.bytes())
  }

  @Test("Fewer distinct schedules than the minimum are unknown, with exit 4")
  func minimum() async throws {
    let sandbox = try Sandbox()
    let text = Self.scenario("minimum: 40, strategy: pct-1, schedules: 40", "durability: valid")
    // The same number twice cannot be more distinct than the strategy has schedules of one program.
    try sandbox.write("scenario.yaml", text)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--set", "load.operations=1", "--out", "out"], in: sandbox)
    #expect(ending.code == 4, "\(ending.output) \(ending.errors)")
    let words = ending.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("distinct schedules were explored, 40 are asked for"), "\(words)")
  }

  @Test("A strategy that there is not is exit 64, and the names that there are")
  func strategy() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario("minimum: 1, strategy: pct-9"))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    #expect(ending.code == 64)
    #expect(ending.errors.contains("pct-9") && ending.errors.contains("pct-1 to pct-5"))
  }

  @Test(
    "Every strategy runs its schedules and is judged",
    arguments: [
      "uniform", "sticky", "sticky-95", "pct-2", "stalls", "preemptions", "depth-first-2",
    ])
  func strategies(name: String) async throws {
    let run = try await Self.run("minimum: 5, strategy: \(name), schedules: 32")
    #expect([0, 2].contains(run.ending.code), "\(run.ending.output) \(run.ending.errors)")
    #expect(run.count("schedules") >= 20)
    #expect(run.status(.progress) == .valid)
  }
}
