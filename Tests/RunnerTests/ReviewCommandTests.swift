import Foundation
import Testing

@Suite("What people type")
struct ReviewCommandTests {
  @Test(
    "What contradicts itself or is empty is refused, and nothing is written anywhere",
    arguments: [
      ["run", "scenario.yaml", "--out", ""], ["run", "scenario.yaml", "--data", ""],
      ["run", "scenario.yaml", "--sqlite", ""], ["doctor", "--strict", "--bogus"],
      ["run", "scenario.yaml", "--quiet", "--verbose"], ["check", "scenario.yaml", "--schema"],
    ])
  func refused(arguments: [String]) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(arguments, in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    #expect(ending.output == "")
    #expect(!sandbox.everything().contains("Results"))
  }

  @Test("A wrong value is answered with the usage of its own command")
  func usage() async throws {
    let sandbox = try Sandbox()
    let ending = try await Assay.run(["check", "scenario.yaml", "--seed", "x"], in: sandbox)
    #expect(ending.errors.contains("Usage: assay check"), "\(ending.errors)")
  }

  @Test("check looks at every file, also after a wrong one")
  func checksAll() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["check", "absent", "scenario.yaml", "absent.yaml"], in: sandbox)
    #expect(ending.code == 64)
    #expect(ending.output == "scenario.yaml: valid, 1 cell\n")
    #expect(ending.messages.count == 2, "\(ending.errors)")
    #expect(ending.errors.contains("assay list scenarios"))
  }

  @Test(
    "Output that cannot be written is exit 1 for every command, whether full or closed",
    arguments: ["exec >/dev/full", "exec >&-"],
    [["list"], ["check", "--schema"], ["--version"], ["check", "scenario.yaml"]])
  func lostOutput(prelude: String, arguments: [String]) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(arguments, in: sandbox, prelude: prelude)
    #expect(ending.code == 1)
    #expect(ending.messages.count == 1, "\(ending.errors)")
  }

  @Test("With all three standard streams closed, no file is taken for one of them")
  func closedStreams() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"], in: sandbox, prelude: "exec <&- >&- 2>&-")
    #expect(ending.code == 1)
    let results = sandbox.files(named: "result.json")
    #expect(results.count == 1)
    for path in results {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.hasPrefix("{"))
      #expect(!text.contains("Does it hold?\n"))
    }
  }

  @Test("--verbose prints every verdict with its evidence, also when all are met")
  func verbose() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out", "--verbose"], in: sandbox)
    #expect(ending.output.contains("ok integrity is valid"), "\(ending.output)")
    #expect(ending.output.contains("ok durability is valid"), "\(ending.output)")
  }

  @Test("Paths with spaces, quotes and other scripts work everywhere")
  func paths() async throws {
    let sandbox = try Sandbox()
    let folder = "a b/日本 'x\""
    try FileManager.default.createDirectory(
      atPath: sandbox.file(folder), withIntermediateDirectories: true)
    try sandbox.write("\(folder)/mine.yaml", Text.kv)
    let ending = try await Assay.run(
      [
        "run", "\(folder)/mine.yaml", "--out", "\(folder)/out", "--data", "\(folder)/data",
        "--quiet",
      ], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(sandbox.files(named: "result.json").count == 1)
  }

  @Test("A database path that is no ordinary file is refused, not waited for")
  func specialFiles() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.kv)
    for (prelude, path) in [("mkfifo pipe", "pipe"), ("true", "/dev/null"), ("true", ".")] {
      let ending = try await Assay.run(
        ["run", "scenario.yaml", "--out", "out", "--set", "storage.path=\(path)"], in: sandbox,
        prelude: prelude)
      ending.expectRefusal(64, containing: ["storage.path", path])
    }
  }
}
