import AssayModel
import Foundation
import Glibc
import Testing

@Suite("Interruption")
struct InterruptionTests {
  /// Starts a scenario, does something to it while its workers run, and waits for its end.
  private func interrupt(
    _ text: String, workers count: Int, with signal: Int32,
    _ before: (Assay, [pid_t]) async throws -> Void = { _, _ in }
  ) async throws -> (ending: Assay.Ending, workers: [pid_t], sandbox: Sandbox) {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", text)
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--json", "--out", "out"], in: sandbox)
    let workers = try await assay.awaitWorkers(count, in: sandbox)
    try await before(assay, workers)
    assay.send(signal)
    return (try await assay.ending(), workers, sandbox)
  }

  @Test(
    "Ctrl-C ends a run within seconds, keeps what was measured, and leaves no process",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let scenario = Text.endless("matrix: { storage.synchronous: [normal, full] }")
    let (ending, workers, sandbox) = try await interrupt(scenario, workers: 2, with: signal)
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.elapsed < .seconds(5))
    #expect(workers.allSatisfy { !Processes.isAlive($0) })
    let result = try Assay.result(ending.output, ending)
    #expect(result.outcome == "interrupted")
    #expect(result.exitCode == 130)
    // The cell that was under way counts, the one that had not begun does not appear.
    #expect(result.cells.map(\.id) == ["storage.synchronous=normal"])
    #expect(result.cells.first?.operations["store"]?.count ?? 0 > 0)
    let files = sandbox.files(named: "result.json")
    #expect(files.count == 1)
    let text = try String(contentsOfFile: try #require(files.first), encoding: .utf8)
    #expect(text == ending.output)
  }

  @Test("Ctrl-C ends a run whose worker stands still")
  func interruptedInAPause() async throws {
    let text = Text.endless("faults: [{ pause: 0, at: 100ms, for: 50s }]")
    let (ending, workers, _) = try await interrupt(text, workers: 2, with: SIGINT) { _, workers in
      try await eventually("a worker is stopped") {
        workers.contains { Processes.state($0) == "T" }
      }
    }
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.elapsed < .seconds(5))
    #expect(workers.allSatisfy { !Processes.isAlive($0) })
  }

  @Test("Ctrl-C during the set-up ends a run at once, with a result without cells")
  func interruptedInSetUp() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario("load: { workload: kv, keys: { count: 100000000 }, duration: 1s }"))
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--json", "--out", "out"], in: sandbox)
    try await eventually("the set-up has begun") {
      !Processes.children(of: assay.processID).isEmpty && !sandbox.files(named: "assay.db").isEmpty
    }
    let children = Processes.children(of: assay.processID)
    assay.send(SIGINT)
    let ending = try await assay.ending()
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.elapsed < .seconds(5))
    #expect(children.allSatisfy { !Processes.isAlive($0) })
    let result = try Assay.result(ending.output, ending)
    #expect(result.outcome == "interrupted")
    #expect(result.cells.isEmpty)
  }

  @Test("A second Ctrl-C ends everything at once")
  func twice() async throws {
    let text = Text.endless()
    let (ending, workers, _) = try await interrupt(text, workers: 2, with: SIGINT) {
      assay, workers in
      // A worker that stands still keeps the first one from being over before the second.
      kill(workers[0], SIGSTOP)
      assay.send(SIGINT)
    }
    #expect(ending.code == 130)
    try await eventually("all workers are gone", within: .seconds(2)) {
      workers.allSatisfy { !Processes.isAlive($0) }
    }
  }

  @Test(
    "When the coordinator is killed its workers are gone within two seconds, paused ones as well",
    arguments: [false, true])
  func coordinatorKilled(isPaused: Bool) async throws {
    let text = Text.endless(isPaused ? "faults: [{ pause: 0, at: 100ms, for: 50s }]" : "")
    let (ending, workers, sandbox) = try await interrupt(text, workers: 2, with: SIGKILL) {
      _, workers in
      try await eventually("a worker is stopped") {
        !isPaused || workers.contains { Processes.state($0) == "T" }
      }
    }
    #expect(ending.signal == SIGKILL)
    try await eventually("all workers are gone", within: .seconds(2)) {
      workers.allSatisfy { !Processes.isAlive($0) }
    }
    // Neither a result nor the beginning of one under another name.
    let names = sandbox.everything().filter { $0.contains("json") }
    #expect(names.isEmpty, "\(names)")
  }
}
