import AssayModel
import SQLiteDriver
import Testing

@testable import Runner

@Suite("A setting that SQLite does not take")
struct RefusedSettingTests {
  @Test(
    "A limit of pages below the initial content is the scenario's mistake, and not the harness's")
  func pageLimit() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        world: simulated
        storage: { max_page_count: 2 }
        load: { workload: mixed, operations: 2 }
        explore: { crashes: power-loss, schedules: 1, minimum: 1 }
        expect: { durability: valid }
        """))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["sample", "max_page_count = 2"])
  }

  @Test("Page size and encoding come before the vacuum mode that would make them final")
  func order() {
    var storage = StorageSettings()
    let names = ["auto_vacuum", "cache_size", "encoding", "page_size"]
    storage.pragmas = names.map { .init(name: $0, value: "1") }
    let first = ["page_size", "encoding", "auto_vacuum"]
    #expect(storage.formatPragmas.map(\.name) == first)
    #expect(storage.pragmasInOrder.map(\.name) == first + ["cache_size"])
    let all = storage.allPragmas.map(\.name)
    #expect(all.first == "page_size")
    #expect(all.filter(first.contains) == first)
  }
}
