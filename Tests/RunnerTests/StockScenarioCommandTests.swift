import Foundation
import StockScenarios
import Testing

/// What works in an empty folder, with nothing but the executable.
@Suite("Stock scenarios on the command line")
struct StockScenarioCommandTests {
  @Test("Names of stock scenarios work in a folder that holds nothing")
  func byName() async throws {
    let sandbox = try Sandbox()
    let check = try await Assay.run(["check", "first-look", "wal-reset"], in: sandbox)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.contains("first-look (stock scenario): valid, 4 cells"))
    let list = try await Assay.run(["list", "scenarios"], in: sandbox)
    #expect(list.code == 0)
    for scenario in StockScenario.all { #expect(list.output.contains("  \(scenario.name)")) }
    let run = try await Assay.run(
      [
        "run", "gate-kv", "--set", "load.duration=100ms", "--set", "load.warm_up=0ms", "--out",
        "out",
      ], in: sandbox)
    #expect(run.code == 0, "\(run.errors)\(run.output)")
    #expect(sandbox.files(named: "result.json").count == 1)
  }

  @Test("A file under Scenarios goes before the stock scenario of the same name")
  func filesGoFirst() async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("Scenarios"), withIntermediateDirectories: false)
    try sandbox.write("Scenarios/first-look.yaml", Text.kv)
    let check = try await Assay.run(["check", "first-look"], in: sandbox)
    #expect(check.output.contains("Scenarios/first-look.yaml: valid, 1 cell"), "\(check.output)")
  }

  @Test("init writes a copy that runs, and never overwrites a file")
  func initialise() async throws {
    let sandbox = try Sandbox()
    let first = try await Assay.run(["init", "kill-nine"], in: sandbox)
    #expect(first.code == 0, "\(first.errors)")
    let text = try String(contentsOfFile: sandbox.file("kill-nine.yaml"), encoding: .utf8)
    #expect(text.hasSuffix(try #require(StockScenario.named("kill-nine")).text))
    let check = try await Assay.run(["check", "kill-nine.yaml"], in: sandbox)
    #expect(check.code == 0, "\(check.errors)")

    try sandbox.write("kill-nine.yaml", "mine")
    let second = try await Assay.run(["init", "kill-nine"], in: sandbox)
    second.expectRefusal(64, containing: ["kill-nine.yaml exists", "FILE.yaml"])
    #expect(try String(contentsOfFile: sandbox.file("kill-nine.yaml"), encoding: .utf8) == "mine")
    let third = try await Assay.run(["init", "kill-nine", "other.yaml", "--json"], in: sandbox)
    #expect(third.code == 0)
    #expect(third.output.contains("\"path\": \"other.yaml\""))
  }

  @Test("init says what it cannot make: an unknown name, and a scenario from a database")
  func cannotInitialise() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("app.db", "")
    try await Assay.run(["init", "nothing"], in: sandbox)
      .expectRefusal(64, containing: ["unknown scenario 'nothing'", "assay list scenarios"])
    try await Assay.run(["init", "app.db"], in: sandbox)
      .expectRefusal(64, containing: ["app.db is a file", "not part of this version"])
  }

  @Test("Completions offer names of scenarios, and the cells of the one that was named")
  func completions() async throws {
    let sandbox = try Sandbox()
    try sandbox.write("own.yaml", Text.kv)
    let names = try await Assay.run(
      ["---completion", "run", "--", "positional@0", "1", "0", "assay", "run", ""], in: sandbox)
    #expect(names.code == 0, "\(names.errors)")
    #expect(names.output.contains("first-look\n") && names.output.contains("own.yaml"))
    let cells = try await Assay.run(
      [
        "---completion", "run", "--", "--only", "4", "0", "assay", "run", "first-look", "--only",
        "",
      ], in: sandbox)
    #expect(cells.code == 0, "\(cells.errors)")
    #expect(cells.output.contains("locks.ttl=250ms"), "\(cells.output)")
    #expect(cells.output.contains("storage.journal_mode=wal,locks.ttl=250ms"))
  }
}
