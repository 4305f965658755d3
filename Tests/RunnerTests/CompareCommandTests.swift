import AssayModel
import Foundation
import Glibc
import Reports
import Testing

@Suite("assay compare")
struct CompareCommandTests {
  private static let scenario = Text.scenario(
    """
    load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 100ms }
    expect: { integrity: valid }
    """)

  private func compare(
    _ arguments: [String], in sandbox: Sandbox, within limit: Duration = .seconds(60)
  ) async throws -> Assay.Ending {
    try sandbox.write("scenario.yaml", Self.scenario)
    return try await Assay.run(
      ["compare", "scenario.yaml", "--out", "out"] + arguments, in: sandbox, within: limit)
  }

  @Test("Counts decide exactly: more syncs are a regression, the same ones are none")
  func counts() async throws {
    let slower = try await compare(
      [
        "--a", "storage.synchronous=normal", "--b", "storage.synchronous=full", "--metric",
        "counts(vfs.sync.wal.calls)",
      ], in: try Sandbox())
    #expect(slower.code == 3, "\(slower.output)\(slower.errors)")
    #expect(slower.output.contains("regression"))
    let same = try await compare(
      ["--a", "storage.busy_timeout=1s", "--b", "storage.busy_timeout=2s", "--metric", "counts"],
      in: try Sandbox())
    #expect(same.code == 0, "\(same.output)\(same.errors)")
    #expect(same.output.contains("all") && same.output.contains("are the same"))
  }

  @Test("A comparison that ran out of time is inconclusive, and is written with its pairs")
  func outOfTime() async throws {
    let sandbox = try Sandbox()
    let ending = try await compare(
      [
        "--a", "storage.cache_size=100", "--b", "storage.cache_size=200", "--budget", "3s",
        "--json",
      ],
      in: sandbox)
    #expect(ending.code == 4, "\(ending.errors)")
    let file = try #require(sandbox.files(named: "comparison.json").first)
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(String(decoding: data, as: UTF8.self) == ending.output)
    let document = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(document["schema"] as? Int == 1)
    #expect(document["exit_code"] as? Int == 4)
    #expect((document["workload_digest"] as? String)?.count == 64)
    let result = try #require(document["result"] as? [String: Any])
    let pairs = try #require(document["pairs"] as? [Any])
    #expect(result["pairs"] as? Int == pairs.count)
    #expect(ending.errors.contains("out of time"))
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Ctrl-C stops cleanly with 130 and keeps what was measured")
  func interrupted() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario)
    let run = try await Assay.start(
      [
        "compare", "scenario.yaml", "--out", "out", "--a", "storage.cache_size=100", "--b",
        "storage.cache_size=200",
      ], in: sandbox)
    // Pairs begin after four scripts and four pilots.
    try await eventually("a pair runs") {
      sandbox.everything(in: "out/Runs").contains { $0.hasSuffix("cell-0-r10") }
    }
    run.send(SIGINT)
    let ending = try await run.ending(within: .seconds(20))
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.elapsed < .seconds(6))
    #expect(ending.output.contains("Interrupted after"))
    #expect(sandbox.files(named: "comparison.json").count == 1)
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Variants with other loads, an unknown metric and a missing library are refused")
  func refusals() async throws {
    let loads = try await compare(
      ["--a", "load.writers=1", "--b", "load.writers=2"], in: try Sandbox())
    loads.expectRefusal(64, containing: ["load.writers is 1 in A and 2 in B"])
    let library = try await compare(["--b-sqlite", "nowhere.so"], in: try Sandbox())
    library.expectRefusal(5, containing: ["nowhere.so"])
    let setting = try await compare(["--a", "storage.synchronus=full"], in: try Sandbox())
    setting.expectRefusal(64, containing: ["--a: ", "'storage.synchronous'"])
    let binary = try await compare(["--b-binary", "nowhere"], in: try Sandbox())
    binary.expectRefusal(64, containing: ["nowhere", "expected a build of assay"])
    for arguments in [
      ["--a", "storage.cache_size=1", "--metric", "speed"], [], ["--a", "nonsense"],
      ["--a", "storage.cache_size=1", "--budget", "soon"],
    ] {
      let ending = try await compare(arguments, in: try Sandbox())
      #expect(ending.code == 64, "\(arguments): \(ending.errors)")
      #expect(ending.output == "")
    }
    let kind = try await compare(
      ["--a", "storage.cache_size=1", "--metric", "p99(sale)"], in: try Sandbox())
    kind.expectRefusal(64, containing: ["sale", "store"])
  }

  @Test("Another build of the harness runs the workers of its side")
  func otherBinary() async throws {
    let sandbox = try Sandbox()
    let script = try sandbox.script(
      "other", "#!/bin/sh\ntouch '\(sandbox.path)/was-here'\nexec '\(Assay.executable)' \"$@\"\n")
    let ending = try await compare(["--b-binary", script, "--metric", "counts"], in: sandbox)
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(sandbox.files(named: "was-here").count == 1)
    #expect(ending.output.contains("assay from"))
  }
}
