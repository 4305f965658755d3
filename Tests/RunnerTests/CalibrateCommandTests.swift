import AssayModel
import Foundation
import Gate
import Glibc
import Testing

@testable import Runner

@Suite("assay calibrate")
struct CalibrateCommandTests {
  private func run(
    _ command: String, _ arguments: [String], in sandbox: Sandbox
  ) async throws -> Assay.Ending {
    try sandbox.write("scenario.yaml", GateCommandTests.scenario())
    return try await Assay.run(
      [command] + arguments + ["--out", "out"], in: sandbox, within: .seconds(90))
  }

  private static let short = ["scenario.yaml", "--pairs", "20", "--gates", "100"]

  private func calibration(_ sandbox: Sandbox) throws -> String {
    let path = sandbox.everything(in: "out/Calibrations").first { $0.hasSuffix("/sample.json") }
    return sandbox.file("out/Calibrations/\(try #require(path))")
  }

  @Test("Base against base is recorded, judged and stored for this machine; --from judges it again")
  func quiet() async throws {
    let sandbox = try Sandbox()
    let ending = try await run("calibrate", Self.short, in: sandbox)
    // Whether 20 blocks of 30 operations tell 5 % is the machine's to say.
    #expect(ending.code == 0 || ending.code == 4, "\(ending.errors)")
    let stored = try GateFile.read(
      Calibration.self, "calibration", from: try calibration(sandbox))
    #expect(stored.workloads.map(\.name) == ["sample"])
    #expect(stored.workloads[0].pairs == 20)
    #expect(stored.workloads[0].metrics.map(\.rule.metric) == [.throughput])
    #expect(stored.workloads[0].metrics[0].gates == 100)
    #expect(ending.output.contains("false alarms") && ending.output.contains("throughput"))
    let pairs = try #require(sandbox.files(named: "pairs.json").first)
    let again = try await run("calibrate", ["--from", pairs, "--gates", "100"], in: sandbox)
    #expect(again.code == ending.code)
    let table = { (text: String) in
      text.split(separator: "\n").filter { $0.hasPrefix("throughput") }
    }
    #expect(table(again.output) == table(ending.output))
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("The gate names a metric that cannot be gated here and ends with 4")
  func notGateable() async throws {
    let sandbox = try Sandbox()
    _ = try await run("calibrate", Self.short, in: sandbox)
    let path = try calibration(sandbox)
    var stored = try GateFile.read(Calibration.self, "calibration", from: path)
    stored.workloads[0].metrics[0].obstacle = "not gateable here: finds 90.00 % at best"
    try GateFile.store(stored, to: path)
    let gate = ["scenario.yaml"] + GateCommandTests.same
    let ending = try await run("gate", gate, in: sandbox)
    #expect(ending.code == 4, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("sample, throughput: not gateable here: finds 90.00 %"))
    // What it shows all the same, from as many pairs as a first look takes.
    #expect(ending.output.contains(" in 20 pairs so far"), "\(ending.output)")
    #expect(ending.output.contains(", plain 95 %)"), "\(ending.output)")
    #expect(ending.output.contains("false alarms in"))
    // Counts need no calibration: more of them stays a regression.
    let more = try await run(
      "gate", ["scenario.yaml"] + GateCommandTests.moreSyncs, in: sandbox)
    #expect(more.code == 3, "\(more.output)\(more.errors)")
    // That of another load says nothing: it is measured, for as long as there is time.
    let other = try await run("gate", gate + ["--seed", "2", "--budget", "1ms"], in: sandbox)
    #expect(other.code == 4 && !other.output.contains("not gateable here"), "\(other.output)")
    try sandbox.write("planted.json", "")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: sandbox.file("planted.json"), toPath: path)
    let damaged = try await run("gate", gate, in: sandbox)
    #expect(damaged.code == 64, "\(damaged.errors)")
    #expect(damaged.errors.contains("sample.json"))
  }

  @Test("Pairs of another head show the rule's power on it and are no calibration")
  func power() async throws {
    let sandbox = try Sandbox()
    let ending = try await run(
      "calibrate", Self.short + ["--b", "storage.cache_size=100"], in: sandbox)
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("Base against head (storage.cache_size=100)"))
    #expect(ending.output.contains("The rule finds the head: throughput in"))
    #expect(!sandbox.everything().contains("out/Calibrations"))
  }

  @Test("Pairs that ran before the budget ended or the user interrupted are kept and named")
  func kept() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", GateCommandTests.scenario())
    let running = try await Assay.start(
      ["calibrate", "scenario.yaml", "--pairs", "10000", "--gates", "100", "--out", "out"],
      in: sandbox)
    // Pairs begin after four pilots; the blocks of the first ones are gone by then.
    try await eventually("pairs run") {
      sandbox.everything(in: "out/Runs").contains { $0.hasSuffix("cell-0-r8") }
    }
    running.send(SIGINT)
    let ending = try await running.ending(within: .seconds(20))
    #expect(ending.code == 130, "\(ending.errors)")
    let path = try #require(sandbox.files(named: "pairs.json").first)
    #expect(ending.errors.contains("the pairs so far: "), "\(ending.errors)")
    #expect(try PairRecording(path: path).parts.flatMap(\.pairs).isEmpty == false)
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Too few pairs are unknown, exit 4, and kept; wrong options are 64")
  func refusals() async throws {
    let none = try await run("calibrate", Self.short + ["--budget", "1ms"], in: try Sandbox())
    #expect(none.code == 4, "\(none.errors)")
    #expect(none.errors.contains("at least 20"))
    for arguments in [
      [], ["scenario.yaml", "--pairs", "19"], ["scenario.yaml", "--gates", "1"],
      ["scenario.yaml", "--from", "x"], ["--from", "nowhere.json"],
      ["scenario.yaml", "--b", "nonsense"],
    ] {
      let ending = try await run("calibrate", arguments, in: try Sandbox())
      #expect(ending.code == 64, "\(arguments): \(ending.errors)")
      #expect(ending.output == "")
    }
  }
}
