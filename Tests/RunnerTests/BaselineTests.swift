import AssayModel
import Foundation
import Gate
import Testing

@testable import Runner

@Suite("Stored baselines")
struct BaselineTests {
  private func gate(_ arguments: [String], in sandbox: Sandbox) async throws -> Assay.Ending {
    if !sandbox.everything().contains("scenario.yaml") {
      try sandbox.write("scenario.yaml", GateCommandTests.scenario())
    }
    return try await Assay.run(
      ["gate", "scenario.yaml", "--out", "out"] + arguments, in: sandbox, within: .seconds(90))
  }

  private func stored(_ sandbox: Sandbox) -> [String] {
    sandbox.everything(in: "out/Baselines").filter { $0.hasSuffix(".json") }
      .map { sandbox.file("out/Baselines/\($0)") }
  }

  /// Stores a baseline of counts and returns its path.
  private func store(_ sandbox: Sandbox) async throws -> String {
    let ending = try await gate(["--update-baseline", "--counts-only"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    return try #require(stored(sandbox).first)
  }

  /// Changes a baseline and gives it the digest of its new content.
  private func change(_ path: String, _ body: (inout Baseline) -> Void) throws {
    var baseline = try GateFile.read(Baseline.self, "baseline", from: path)
    body(&baseline)
    baseline.digest = try Digests.digest(baseline.content)
    try GateFile.store(baseline, to: path)
  }

  @Test("Without a base and a baseline the gate says what to do, with 5")
  func nothing() async throws {
    let sandbox = try Sandbox()
    let ending = try await gate([], in: sandbox)
    ending.expectRefusal(5, containing: ["--base", "--update-baseline"])
    #expect(sandbox.files(named: "gate.json") == [])
  }

  @Test("A baseline lies under its digest; equal counts pass, more are a regression")
  func counts() async throws {
    let sandbox = try Sandbox()
    let path = try await store(sandbox)
    let baseline = try GateFile.read(Baseline.self, "baseline", from: path)
    #expect(path.hasSuffix("/sample/\(baseline.digest).json"))
    #expect(try Digests.digest(baseline.content) == baseline.digest)
    let same = try await gate(["--counts-only"], in: sandbox)
    #expect(same.code == 0, "\(same.errors)")
    try change(path) { baseline in
      for index in baseline.workloads[0].counted.indices {
        baseline.workloads[0].counted[index].counts["vfs.sync.wal.calls"]? -= 1
      }
    }
    let planted = try await gate(["--counts-only"], in: sandbox)
    #expect(planted.code == 3, "\(planted.errors)")
    #expect(planted.output.contains("vfs.sync.wal.calls"))
  }

  @Test("Times need five sessions: fewer are inconclusive, and each update adds one")
  func sessions() async throws {
    let sandbox = try Sandbox()
    for count in 1...2 {
      let update = try await gate(["--update-baseline"], in: sandbox)
      #expect(update.code == 0, "\(update.errors)")
      #expect(update.output.contains("\(count) session"))
      #expect(stored(sandbox).count == 1)
    }
    let ending = try await gate([], in: sandbox)
    #expect(ending.code == 4, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("2 stored sessions"))
  }

  @Test("Another machine's baseline gates counts only: 5, unless counts were asked for")
  func otherMachine() async throws {
    let sandbox = try Sandbox()
    let path = try await store(sandbox)
    try change(path) { $0.fingerprint.processor = "Z80" }
    let ending = try await gate([], in: sandbox)
    #expect(ending.code == 5, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("Z80"))
    #expect(ending.output.contains("are the same"))
    #expect(try await gate(["--counts-only"], in: sandbox).code == 0)
    // What another SQLite counted says nothing.
    try change(path) { $0.fingerprint.sqliteSourceID = "other" }
    let library = try await gate(["--counts-only"], in: sandbox)
    #expect(library.code == 5, "\(library.output)\(library.errors)")
    #expect(!library.output.contains("are the same"))
  }

  @Test("Damaged, of another scenario, schema or workload, or no baseline at all: 64")
  func unusable() async throws {
    let sandbox = try Sandbox()
    let path = try await store(sandbox)
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    let plants: [(String, (inout Baseline) -> Void)] = [
      ("baseline.scenario", { $0.scenario = "other" }), ("baseline.schema", { $0.schema = 99 }),
      ("workload_digest", { $0.workloads[0].workloadDigest = "0" }),
      (
        "operations",
        { baseline in
          for index in baseline.workloads[0].counted.indices {
            baseline.workloads[0].counted[index].operations += 1
          }
        }
      ),
    ]
    for (word, plant) in plants {
      try change(path, plant)
      let ending = try await gate(["--baseline", path], in: sandbox)
      ending.expectRefusal(64, containing: [word, "--update-baseline"])
      try sandbox.write("out/Baselines/sample/\(path.split(separator: "/").last ?? "")", whole)
    }
    for (text, word) in [
      (whole.replacing("\"operations\":200", with: "\"operations\":201"), "baseline.digest"),
      (String(whole.prefix(whole.count / 2)), "damaged"), ("{}", "'schema' is missing"),
    ] {
      try sandbox.write("planted.json", text)
      let ending = try await gate(["--baseline", "planted.json"], in: sandbox)
      ending.expectRefusal(64, containing: [word, "planted.json"])
    }
    let missing = try await gate(["--baseline", "nowhere.json"], in: sandbox)
    missing.expectRefusal(64, containing: ["nowhere.json"])
  }
}
