import AssayModel
import Foundation
import Testing

@Suite("Bad input")
struct BadInputTests {
  /// A scenario text, and words that the one message about it must contain.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var words: [String]

    init(_ what: String, _ sections: String, _ words: String...) {
      testDescription = what
      text = Text.scenario(sections)
      self.words = words
    }
  }

  private static let kv = "load: { workload: kv, duration: 1s }"

  private static let wrong: [Case] = [
    Case(
      "unknown key", "load: { workload: kv, writer: 2 }", "scenario.yaml:3", "'writer'", "writers"),
    Case("repeated key", "load: { workload: kv, writers: 1, writers: 2 }", "repeated", "writers"),
    Case("repeated section", "\(kv)\n\(kv)", "repeated", "load"),
    Case("wrong type", "load: { workload: kv, writers: many }", "load.writers", "many"),
    Case("a list for a scalar", "load: { workload: kv, writers: [1] }", "load.writers", "list"),
    Case("negative duration", "load: { workload: kv, duration: -1s }", "load.duration", "-1s"),
    Case("no duration", "load: { workload: kv, duration: 0s }", "load.duration"),
    Case(
      "no connection", "storage: { max_open_connections: 0 }\n\(kv)",
      "storage.max_open_connections", "1"),
    Case(
      "WAL in memory", "storage: { path: ':memory:', journal_mode: wal }\n\(kv)", "journal_mode",
      ":memory:"),
    Case(
      "two processes in memory",
      "storage: { path: ':memory:' }\nload: { workload: kv, processes: 2, duration: 1s }",
      "load.processes", ":memory:"),
    Case(
      "two connections in memory",
      "storage: { path: ':memory:', max_open_connections: 2 }\n\(kv)", "max_open_connections"),
    Case(
      "a million cells",
      """
      \(kv)
      matrix:
        storage.cache_size: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        storage.wal_autocheckpoint: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        load.writers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        load.readers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        load.keys.count: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        storage.busy_timeout: [1s, 2s, 3s, 4s, 5s, 6s, 7s, 8s, 9s, 10s]
      """, "1000000 cells", "sweep"),
    Case("a fault of nobody", "\(kv)\nfaults: [{ kill: 3, at: 1ms }]", "3 of 1 processes"),
    Case(
      "power loss in the real world", "\(kv)\nexplore: { crashes: power-loss, minimum: 1 }",
      "scenario.yaml:4", "explore", "world: simulated"),
    Case(
      "an unknown method of a fault",
      "\(kv)\nfaults: [{ io_error: all, method: fsync, operation: 3 }]", "scenario.yaml:4",
      "'fsync'", "sync"),
    Case(
      "an unknown kind of file",
      "\(kv)\nfaults: [{ io_error: all, method: sync, file: log, operation: 3 }]",
      "scenario.yaml:4", "'log'", "wal"),
    Case(
      "a probability above 1", "\(kv)\nfaults: [{ io_error: all, method: sync, probability: 1.5 }]",
      "scenario.yaml:4", "1.5"),
    Case(
      "a disk that contradicts itself",
      """
      world: simulated
      load: { workload: kv, operations: 3 }
      explore: { crashes: power-loss, minimum: 1 }
      disk: { claims: [sequential], directory: any }
      """, "scenario.yaml:6", "disk.directory", "sequential"),
    Case("an unknown check", "\(kv)\nexpect: { correctness: valid }", "correctness"),
  ]

  @Test("A mistake in a scenario is exit 64 and one message that names it", arguments: wrong)
  func mistake(_ mistake: Case) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", mistake.text)
    for command in [["run", "scenario.yaml", "--out", "out"], ["check", "scenario.yaml"]] {
      let ending = try await Assay.run(command, in: sandbox)
      ending.expectRefusal(64, containing: mistake.words)
    }
    try expectUntouched(sandbox, mistake.text)
  }

  /// Nothing was made or changed but what the test itself wrote.
  private func expectUntouched(_ sandbox: Sandbox, _ text: String) throws {
    let after = try String(contentsOfFile: sandbox.file("scenario.yaml"), encoding: .utf8)
    #expect(after == text)
    let made = sandbox.everything().filter { !$0.hasPrefix(".") && $0 != "scenario.yaml" }
    #expect(made.isEmpty, "\(made)")
  }

  @Test("Several mistakes are one line each, in the order of the file")
  func severalMistakes() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml", Text.scenario("load: { workload: kv, writers: x }\nstorage: { bsy: none }"))
    let ending = try await Assay.run(["check", "scenario.yaml"], in: sandbox)
    #expect(ending.code == 64)
    #expect(ending.messages.count == 2, "\(ending.errors)")
    #expect(ending.messages.first?.contains("load.writers") == true, "\(ending.errors)")
  }

  @Test("journal_mode: off is no boolean and works")
  func off() async throws {
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: off, synchronous: off }
        load: { workload: kv, keys: { count: 50 }, duration: 100ms }
        expect: { integrity: valid }
        """), in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.first?.operations["store"]?.count ?? 0 > 0)
  }

  @Test(
    "A file that is no text is exit 64 and one message",
    arguments: [
      ("empty", "an empty file"), ("binary", "a binary file"), ("large", "more than 1048576 bytes"),
      ("folder", "a folder"), ("missing", "no such file"), ("prose", "a mapping"),
    ])
  func files(name: String, word: String) async throws {
    let sandbox = try Sandbox()
    let path = sandbox.file(name)
    switch name {
    case "empty": try sandbox.write(name, "")
    case "binary":
      try Data((0...255).map { UInt8($0) }).write(to: URL(fileURLWithPath: path))
    case "large":
      try sandbox.write(name, "")
      // Sparse: the file system stores nothing of the 100 MB.
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: 100_000_000)
      try handle.close()
    case "folder":
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "prose": try sandbox.write(name, "It was a dark and stormy night.\n")
    default: break
    }
    // The slash tells a path from the name of a scenario that comes with Assay.
    let ending = try await Assay.run(["run", "./\(name)", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: [word, name])
    #expect(ending.elapsed < .seconds(5))
    #expect(!sandbox.everything().contains("out"))
  }

  @Test("An unknown name of a scenario says where it was looked for")
  func unknownName() async throws {
    let sandbox = try Sandbox()
    let ending = try await Assay.run(["run", "nowhere"], in: sandbox)
    ending.expectRefusal(64, containing: ["Scenarios/nowhere.yaml", "no such file"])
  }

  @Test(
    "What only a later version can run is accepted by check and refused by run",
    arguments: [
      ("\(kv)\nexpect: { counts: valid }", "counts"),
      ("load: { workload: queue, duration: 1s }", "queue"),
    ])
  func laterVersions(sections: String, word: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.scenario(sections))
    let check = try await Assay.run(["check", "scenario.yaml"], in: sandbox)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.errors == "")
    let run = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    run.expectRefusal(64, containing: [word, "this version can't"])
    #expect(!sandbox.everything().contains("out"))
  }

  @Test(
    "A wrong command line is exit 64 without a trap",
    arguments: [
      ["run"], ["run", "scenario.yaml", "--seed", "minus"], ["run", "scenario.yaml", "--set", "x"],
      ["run", "scenario.yaml", "--set", "storage.nothing=1"], ["bench"], ["list", "colours"],
      ["run", "scenario.yaml", "--only", "storage.synchronous=off"], ["check"],
      ["run", "scenario.yaml", "scenario.yaml", "--json"], ["run", "scenario.yaml", "--bogus"],
      ["--assay-worker", "x"],
      ["run", "scenario.yaml", "--jobs", "0"], ["run", "scenario.yaml", "--jobs", "257"],
      ["run", "scenario.yaml", "--budget", "60s"], ["check", "scenario.yaml", "--budget", "0"],
      ["run", "scenario.yaml", "--schedules", "5"],
    ])
  func commandLine(arguments: [String]) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(arguments, in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    #expect((ending.output == "") != arguments.contains("--json"), "\(ending.output)")
    #expect(ending.errors.contains("rror") || ending.messages.count == 1, "\(ending.errors)")
    #expect(!ending.errors.contains("Fatal error"))
    try expectUntouched(sandbox, Text.kv)
  }

  @Test("A worker's argument without a coordinator ends at once and does nothing")
  func strayWorker() async throws {
    let sandbox = try Sandbox()
    let ending = try await Assay.run(["--assay-worker"], in: sandbox, within: .seconds(5))
    #expect(ending.code == 1)
    #expect(ending.output == "")
  }
}
