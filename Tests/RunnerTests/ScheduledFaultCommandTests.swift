import AssayModel
import Foundation
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

  @Test("Errors of calls and deaths in them are counted, and a finding's replay tells of each")
  func ofCalls() async throws {
    let faults = """
      { io_error: all, probability: 0.01 }, { short_read: 1, operation: 3 },
      { fsync_error: all, probability: 0.05 },
      { kill: 0, operation: 9, method: write, moment: middle, restart_after: 1ms },
      { kill: 1, operation: 70, moment: after }
      """
    let sandbox = try Sandbox()
    let run = try await Assay.runScenario(
      Self.text(faults, mode: "off")
        .replacingOccurrences(of: "durability: valid", with: "atomicity: violated")
        .replacingOccurrences(of: "integrity: valid", with: "integrity: may_violate"),
      in: sandbox)
    #expect(run.ending.code == 0, "\(run.ending.errors)")
    let cell = try #require(run.result.cells.first)
    let counts = Self.counts(cell)
    for name in ["io_errors", "short_reads", "fsync_errors", "kills"] {
      #expect(counts[name] ?? 0 > 5, "\(name) in \(counts)")
    }
    // Without a journal hardly a file grows.
    let full = try await Assay.runScenario(
      Self.text("{ disk_full: 2, at: 1ms, for: 2ms }"), in: try Sandbox())
    #expect(Self.counts(try #require(full.result.cells.first))["full_disks"] ?? 0 > 5)
    let folder = try #require(sandbox.files(named: "result.json").first)
      .dropLast("/result.json".count)
    var told: Set<String> = []
    for finding in cell.findings {
      let replay = try await Assay.run(["replay", "\(folder)/\(finding)"], in: sandbox)
      #expect(replay.code == 0, "\(replay.output) \(replay.errors)")
      let lines = replay.output.split(separator: "\n")
      let listed = lines.filter { $0.hasPrefix("  step ") }.map { $0.dropFirst(2) }
      let drawn = lines.filter { $0.hasPrefix("# step ") }.map { $0.dropFirst(2) }
      #expect(!listed.isEmpty && listed == drawn, "\(replay.output)")
      told.formUnion(listed.map { String($0.drop { $0 != ":" }) })
    }
    #expect(told.contains { $0.contains(" of process ") || $0.contains(": process ") }, "\(told)")
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
      ("{ bit_flip: all, operation: 5 }", "minimum: 1", "fault 'bit_flip' in the simulated world"),
      (
        "{ silent_lock: all, operation: 5 }", "minimum: 1",
        "fault 'silent_lock' in the simulated world"
      ),
      ("{ tamper: copy, at: 1ms }", "minimum: 1", "fault 'tamper' in the simulated world"),
      (
        "{ io_error: all, operation: 5 }", "crashes: power-loss, strategy: uniform, minimum: 1",
        "fault 'io_error' together with crashes"
      ),
      (
        "{ kill: all, operation: 5 }", "crashes: process, minimum: 1",
        "fault 'kill' together with crashes"
      ),
      (
        "{ pause: all, at: 1s, for: 1s }", "crashes: power-loss, strategy: uniform, minimum: 1",
        "fault 'pause' together with crashes"
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
