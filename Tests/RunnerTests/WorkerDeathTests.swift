import AssayModel
import Foundation
import Glibc
import Testing

@Suite("Workers that die unasked")
struct WorkerDeathTests {
  @Test("A worker that crashes is an incident: exit 2, a file that says how, and all cells run")
  func crash() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 1500ms }
        matrix: { storage.synchronous: [normal, full] }
        expect: { integrity: valid, durability: valid }
        """))
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--out", "out", "--json"], in: sandbox)
    let worker = try #require(try await assay.awaitWorkers(2, in: sandbox).first)
    kill(worker, SIGSEGV)
    let ending = try await assay.ending()
    #expect(ending.code == 2, "\(ending.errors)")
    let result = try Assay.result(ending.output, ending)
    #expect(result.outcome == "not met")
    #expect(result.exitCode == 2)
    #expect(result.cells.map(\.incidents) == [["incidents/incident-1.json"], []])
    // The rest of the cell and the other one ran as if nothing had happened.
    for cell in result.cells {
      #expect(cell.verdicts.allSatisfy { $0.met }, "\(cell.verdicts)")
      #expect(cell.operations["store"]?.count ?? 0 > 0)
    }
    try Self.checkIncident(in: sandbox, signal: "signal 11")
  }

  @Test("A worker that is killed from outside is an incident even where a fault kills as well")
  func strangerKills() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 1500ms }
        faults: [{ kill: 0, at: 1400ms, restart_after: 10ms }]
        expect: { integrity: valid }
        """))
    let assay = try await Assay.start(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    let worker = try #require(try await assay.awaitWorkers(2, in: sandbox).last)
    kill(worker, SIGKILL)
    let ending = try await assay.ending()
    #expect(ending.code == 2, "\(ending.errors)")
    try Self.checkIncident(in: sandbox, signal: "signal 9")
  }

  @Test("A worker that gets its death while it is paused is an incident, not a hang")
  func deathDuringPause() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        load: { workload: kv, keys: { count: 50 }, think: 1ms, duration: 1s }
        faults: [{ pause: 0, at: 100ms, for: 30s }]
        expect: { integrity: valid }
        """))
    let assay = try await Assay.start(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    let worker = try #require(try await assay.awaitWorkers(1, in: sandbox).first)
    try await eventually("the worker is stopped") { Processes.state(worker) == "T" }
    kill(worker, SIGKILL)
    let ending = try await assay.ending(within: .seconds(15))
    #expect(ending.code == 2, "\(ending.errors)")
    try Self.checkIncident(in: sandbox, signal: "signal 9")
  }

  private static func checkIncident(in sandbox: Sandbox, signal: String) throws {
    let path = try #require(sandbox.files(named: "incident-1.json").first)
    #expect(sandbox.files(named: "incident-2.json").isEmpty)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let incident = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect((incident["exit"] as? String)?.contains(signal) == true, "\(incident)")
    #expect(incident["standard_error"] is String)
    #expect(incident["process"] is Int)
    #expect(incident["incarnation"] as? Int == 0)
    #expect(incident["cell"] is String)
  }
}
