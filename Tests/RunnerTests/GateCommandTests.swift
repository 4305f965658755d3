import AssayModel
import Foundation
import Glibc
import Reports
import Testing

@Suite("assay gate")
struct GateCommandTests {
  /// Blocks of a few operations: short enough for a test.
  static func scenario(
    _ gate: String = "metrics: [throughput]", load: String = "operations: 30",
    expect: String = "integrity: valid", name: String = "sample"
  ) -> String {
    Text.scenario(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, \(load) }
      gate: { \(gate), counts: { operations: 200 } }
      expect: { \(expect) }
      """, name: name)
  }

  private func gate(
    _ arguments: [String], _ text: String = Self.scenario(), in sandbox: Sandbox,
    prelude: String = "true"
  ) async throws -> Assay.Ending {
    try sandbox.write("scenario.yaml", text)
    return try await Assay.run(
      ["gate", "scenario.yaml", "--out", "out"] + arguments, in: sandbox, prelude: prelude,
      within: .seconds(90))
  }

  static let moreSyncs = [
    "--base", "storage.synchronous=normal", "--head", "storage.synchronous=full",
  ]
  /// Costs nothing that is counted.
  static let same = ["--base", "storage.busy_timeout=1s"]

  @Test("More syncs are a regression, whatever the times say, and are told at once")
  func regression() async throws {
    let sandbox = try Sandbox()
    let ending = try await gate(Self.moreSyncs + ["--budget", "100ms", "--json"], in: sandbox)
    #expect(ending.code == 3, "\(ending.errors)")
    #expect(ending.messages.first?.contains("sample, vfs.sync.wal.calls") == true)
    #expect(ending.errors.contains("Regression: sample, vfs.sync.wal.calls"))
    let file = try #require(sandbox.files(named: "gate.json").first)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == ending.output)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    #expect(document["exit_code"] as? Int == 3)
    #expect(document["schema"] as? Int == 1)
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Equal sides pass by their counts, and fewer syncs are an improvement")
  func passes() async throws {
    let sandbox = try Sandbox()
    let same = try await gate(Self.same + ["--counts-only"], in: sandbox)
    #expect(same.code == 0, "\(same.errors)")
    #expect(same.output.hasSuffix("No regression.\n"))
    #expect(same.output.contains("are the same"))
    let fewer = try await gate(
      [
        "--base", "storage.synchronous=full", "--head", "storage.synchronous=normal",
        "--counts-only",
      ], in: sandbox)
    #expect(fewer.code == 0, "\(fewer.errors)")
    #expect(fewer.output.contains("improved: sample, vfs.sync.wal.calls"))
  }

  @Test(
    "The scenarios for gates count the same on equal sides, however long their scripts take",
    arguments: ["gate-kv", "gate-locks", "gate-readers-writers"])
  func shippedScenarios(name: String) async throws {
    let ending = try await Assay.run(
      ["gate", Assay.scenario(name), "--counts-only", "--out", "out"] + Self.same,
      in: try Sandbox(), within: .seconds(90))
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("are the same"))
  }

  @Test("A whole gate of times ends with a decision about its metric and all of its pairs")
  func times() async throws {
    let sandbox = try Sandbox()
    let ending = try await gate(Self.same + ["--set", "gate.counts.operations=0"], in: sandbox)
    // What the times say is the machine's: but it is one of these, and never silent.
    #expect([0, 3, 4, 5].contains(ending.code ?? -1), "\(ending.errors)")
    let record = try #require(sandbox.files(named: "pairs.json").first)
    let parts = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: record))) as? [[String: Any]])
    let pairs = try #require(parts.first?["pairs"] as? [Any])
    #expect(parts.count == 1)
    #expect([20, 40, 70, 100].contains(pairs.count))
    #expect(ending.output.contains("n = \(pairs.count) pairs"))
  }

  @Test("A percentile that the blocks do not hold is inconclusive, never passed")
  func tooFewOperations() async throws {
    let ending = try await gate(
      Self.same, Self.scenario("metrics: [p99.9(store)], rate: closed"), in: try Sandbox())
    #expect(ending.code == 4, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("p99.9(store) takes"))
    #expect(ending.output.hasSuffix(".\n"))
  }

  @Test("A violated check of correctness beats a regression")
  func violation() async throws {
    let text = Text.scenario(
      """
      load:
        workload: sql
        writers: 1
        operations: 30
        setup: [CREATE TABLE t (n INTEGER), CREATE TABLE log (n INTEGER)]
        transactions:
          - { statements: [INSERT INTO t VALUES (1)] }
        invariants:
          - { query: SELECT count(*) = 0 FROM t, equals: 1 }
      gate: { metrics: [throughput], counts: { operations: 50 } }
      expect: { invariants: valid }
      """)
    let sandbox = try Sandbox()
    let ending = try await gate(Self.moreSyncs, text, in: sandbox)
    #expect(ending.code == 2, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("Correctness is violated: sample: "))
    #expect(ending.output.contains("invariants"))
    // Its times are not waited for.
    #expect(sandbox.files(named: "pairs.json") == [])
  }

  @Test("Ctrl-C stops cleanly with 130, removes databases and keeps what was measured")
  func interrupted() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario(load: "duration: 100ms"))
    let run = try await Assay.start(
      ["gate", "scenario.yaml", "--out", "out"] + Self.same, in: sandbox)
    // Pairs begin after four scripts and four pilots.
    try await eventually("a pair runs") {
      sandbox.everything(in: "out/Runs").contains { $0.hasSuffix("cell-0-r10") }
    }
    run.send(SIGINT)
    let ending = try await run.ending(within: .seconds(20))
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.output.contains("Interrupted"))
    #expect(sandbox.files(named: "gate.json").count == 1)
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Every format is written beside the report, and annotations are printed")
  func formats() async throws {
    let sandbox = try Sandbox()
    let ending = try await gate(
      Self.moreSyncs + ["--counts-only", "--format", "junit=gate.xml", "--format", "github"]
        + ["--format", "markdown=gate.md", "--format", "markdown"], in: sandbox,
      prelude: "export GITHUB_STEP_SUMMARY=summary.md")
    #expect(ending.code == 3, "\(ending.errors)")
    #expect(ending.output.contains("title=sample%3A vfs.sync.wal.calls regressed::"))
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: sandbox.file(name), encoding: .utf8)
    }
    #expect(
      try text("gate.xml").contains("vfs.sync.wal.calls")
        && text("gate.xml").contains("<failure message"))
    #expect(try text("gate.md").hasPrefix("## ❌ assay gate"))
    #expect(try text("summary.md") == text("gate.md"))
  }

  @Test("An output that cannot be written is exit 1, after the decision was printed")
  func lostOutput() async throws {
    let ending = try await gate(
      Self.moreSyncs + ["--counts-only", "--format", "junit=/dev/null/x/gate.xml"],
      in: try Sandbox())
    #expect(ending.code == 1, "\(ending.errors)")
    #expect(ending.output.contains("Regression"))
    #expect(ending.errors.contains("/dev/null/x/gate.xml"))
  }

  @Test("A matrix, other loads, two scenarios of a name, and lost libraries are refused")
  func refusals() async throws {
    let matrix = Self.scenario() + "matrix: { storage.synchronous: [full, normal] }\n"
    let cells = try await gate(Self.same, matrix, in: try Sandbox())
    cells.expectRefusal(64, containing: ["2 cells", "--only"])
    let loads = try await gate(["--base", "load.keys.count=9"], in: try Sandbox())
    loads.expectRefusal(64, containing: ["load.keys.count is 9 in A and 50 in B", "A is the base"])
    let twice = try await gate(["scenario.yaml"] + Self.same, in: try Sandbox())
    twice.expectRefusal(64, containing: ["'sample'"])
    let library = try await gate(["--base-sqlite", "nowhere.so"], in: try Sandbox())
    library.expectRefusal(5, containing: ["nowhere.so"])
    for arguments in [
      ["--base", "nonsense"], ["--format", "html"], ["--format", "junit"],
      ["--format", "github=x"],
      ["--baseline", "x"] + Self.same, ["--update-baseline"] + Self.same, ["--baseline", ""],
      ["--budget", "soon"], ["--schedules", "3"],
    ] {
      let ending = try await gate(arguments, in: try Sandbox())
      #expect(ending.code == 64, "\(arguments): \(ending.errors)")
      #expect(ending.output == "")
    }
  }

  @Test("A base that cannot run is a mistake of usage, and is called the base")
  func badBinaries() async throws {
    let sandbox = try Sandbox()
    let text = try sandbox.write("notes.txt", "no program")
    for (option, side) in [("--base-binary", "the base: "), ("--head-binary", "the head: ")] {
      for (path, words) in [
        ("nowhere", "does not exist"), (text, "is not executable"),
        (sandbox.path, "is not executable"), ("/bin/true", "does not run as a worker"),
      ] {
        let ending = try await gate([option, path, "--counts-only"], in: try Sandbox())
        ending.expectRefusal(64, containing: [side, path, words])
      }
    }
    try sandbox.write("scenario.yaml", Self.scenario())
    let compared = try await Assay.run(
      ["compare", "scenario.yaml", "--a-binary", "nowhere", "--out", "out"], in: sandbox)
    compared.expectRefusal(64, containing: ["A: 'nowhere' does not exist"])
  }

  @Test("A format that was asked for is printed however quiet the rest is")
  func quietFormats() async throws {
    let ending = try await gate(
      Self.same + ["--counts-only", "--quiet", "--format", "markdown", "--format", "github"]
        + ["--head", "storage.synchronous=full", "--base", "storage.synchronous=normal"],
      in: try Sandbox(), prelude: "unset GITHUB_STEP_SUMMARY GITHUB_WORKSPACE")
    #expect(ending.code == 3, "\(ending.errors)")
    #expect(ending.output.hasPrefix("## ❌ assay gate"), "\(ending.output)")
    #expect(ending.output.contains("\n::error file=scenario.yaml,line="), "\(ending.output)")
  }

  @Test("A gate that is out of time prints what its pairs show, and stays inconclusive")
  func outOfTime() async throws {
    let ending = try await gate(
      Self.same + ["--budget", "3s", "--set", "gate.counts.operations=0"],
      Self.scenario(load: "duration: 100ms"), in: try Sandbox())
    // On a machine that is fast enough it decides; on none it says nothing.
    #expect([0, 3, 4, 5].contains(ending.code ?? -1), "\(ending.errors)")
    #expect(ending.output.contains(" %") && ending.output.contains("throughput"))
  }

  @Test("A cell of a matrix can be chosen, and another build of the harness runs the base")
  func choices() async throws {
    let sandbox = try Sandbox()
    let script = try sandbox.script(
      "other", "#!/bin/sh\ntouch '\(sandbox.path)/was-here'\nexec '\(Assay.executable)' \"$@\"\n")
    let matrix = Self.scenario() + "matrix: { storage.synchronous: [full, normal] }\n"
    let ending = try await gate(
      ["--only", "storage.synchronous=full", "--base-binary", script, "--counts-only"], matrix,
      in: sandbox)
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(sandbox.files(named: "was-here").count == 1)
  }
}
