import AssayModel
import ScenarioFiles
import Testing

@testable import Runner

@Suite("Faults inside schedules, from the command line")
struct ScheduledFaultCommandTests {
  private static func text(
    _ faults: String, explore: String = "minimum: 1, schedules: 40", mode: String = "delete"
  ) -> String {
    Text.scenario(
      """
      world: simulated
      storage: { page_size: 1024, journal_mode: \(mode), max_open_connections: 1 }
      load: { workload: mixed, processes: 3, keys: { count: 4 }, operations: 18 }
      faults: [\(faults)]
      explore: { \(explore) }
      expect: { integrity: valid, durability: valid }
      """)
  }

  private static func counts(_ cell: CellResult) -> [String: UInt64] {
    cell.explored.filter { !$0.key.hasSuffix("nanoseconds") }
  }

  @Test("What struck is counted, and the same with any number of workers")
  func counted() async throws {
    let faults = """
      { kill: random, probability: 0.005, restart_after: 1ms },
      { pause: 1, at: 1ms, for: 2ms }, { clock: all, at: 1ms, step: -1h }
      """
    let one = try await Assay.runScenario(
      Self.text(faults), ["--jobs", "1"], in: try Sandbox())
    #expect(one.ending.code == 0, "\(one.ending.errors)")
    let cell = try #require(one.result.cells.first)
    let counts = Self.counts(cell)
    for name in ["kills", "kills_during_writes", "restarts", "pauses", "clock_changes"] {
      #expect(counts[name] ?? 0 > 5, "\(name) in \(counts)")
    }
    let two = try await Assay.runScenario(
      Self.text(faults), ["--jobs", "2"], in: try Sandbox())
    #expect(Self.counts(try #require(two.result.cells.first)) == counts)
  }

  @Test("A fault that never struck makes what was seen unknown")
  func neverStruck() async throws {
    let run = try await Assay.runScenario(
      Self.text("{ kill: 0, operation: 1000000 }"), in: try Sandbox())
    #expect(run.ending.code == 4, "\(run.ending.errors)")
    let cell = try #require(run.result.cells.first)
    #expect(cell.verdicts.allSatisfy { $0.status == .unknown })
    #expect(cell.verdicts.allSatisfy { $0.reason == "no process was killed" })
    #expect(cell.explored["kills"] == 0)
  }

  @Test(
    "What cannot be injected yet is refused with a word that says so",
    arguments: [
      ("{ io_error: all, operation: 5 }", "minimum: 1", "fault 'io_error' in the simulated world"),
      (
        "{ kill: all, operation: 5, method: write, moment: middle }", "minimum: 1",
        "kill with moment 'middle' in the simulated world"
      ),
      (
        "{ kill: all, operation: 5 }", "crashes: process, minimum: 1", "fault 'kill' beside crashes"
      ),
      (
        "{ pause: all, at: 1s, for: 1s }", "crashes: power-loss, strategy: uniform, minimum: 1",
        "fault 'pause' beside crashes"
      ),
    ])
  func refused(faults: String, explore: String, words: String) throws {
    let plan = try ScenarioFile(text: Self.text(faults, explore: explore), name: "s.yaml")
      .plan(seed: Seed(1))
    let error = #expect(throws: RunnerError.self) { try Capabilities.verify(plan) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("A death at a random call needs calls that are announced, which real processes' are not")
  func realWorld() throws {
    let text = Text.scenario(
      """
      load: { workload: kv, processes: 2, duration: 1s }
      faults: [{ kill: random, probability: 0.01 }]
      """)
    let plan = try ScenarioFile(text: text, name: "s.yaml").plan(seed: Seed(1))
    let error = #expect(throws: RunnerError.self) { try Capabilities.verify(plan) }
    #expect(error?.message.contains("kill with probability in the real world") == true)
  }
}
