import AssayModel
import SQLiteDriver
import Testing

@testable import Runner

@Suite("A setting that SQLite does not take")
struct RefusedSettingTests {
  @Test(
    "A limit of pages below the initial content is the scenario's mistake, and check finds it",
    arguments: [
      "world: simulated\nexplore: { crashes: power-loss, schedules: 1, minimum: 1 }", "world: real",
    ], ["kv", "locks", "ledger", "mixed"])
  func pageLimit(world: String, workload: String) async throws {
    let sandbox = try Sandbox()
    let text = { (limit: Int) in
      Text.scenario(
        """
        \(world)
        storage: { max_page_count: \(limit) }
        load: { workload: \(workload), operations: 2 }
        expect: { durability: valid }
        """)
    }
    try sandbox.write("scenario.yaml", text(2))
    for command in [["check"], ["run", "--out", "out"]] {
      let ending = try await Assay.run(command + ["scenario.yaml"], in: sandbox)
      ending.expectRefusal(64, containing: ["cell default", "max_page_count = 2"])
    }
    try sandbox.write("scenario.yaml", text(10_000))
    #expect(try await Assay.run(["check", "scenario.yaml"], in: sandbox).code == 0)
  }

  @Test("So is one below what a sweep starts from, which is the content of the real set-up")
  func pageLimitOfSweep() async throws {
    let sandbox = try Sandbox()
    // The three pages of the ledger fit; the table of the key-value store does not.
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        world: simulated
        storage: { max_page_count: 3 }
        load: { workload: ledger, keys: { count: 2 }, operations: 2 }
        explore: { sweep: io-errors, schedules: 1, minimum: 1 }
        expect: { durability: valid }
        """))
    for command in [["check"], ["run", "--out", "out"]] {
      let ending = try await Assay.run(command + ["scenario.yaml"], in: sandbox)
      ending.expectRefusal(64, containing: ["cell default", "max_page_count = 3"])
    }
  }

  @Test("So is one below the content of the scenario's own set-up")
  func pageLimitOfOwnSetUp() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { max_page_count: 3 }
        load:
          workload: sql
          duration: 50ms
          setup: ["CREATE TABLE a(x)", "INSERT INTO a VALUES (zeroblob(100000))"]
          transactions: [{ name: one, statements: ["INSERT INTO a VALUES (1)"] }]
        expect: { integrity: valid }
        """))
    let ending = try await Assay.run(["check", "scenario.yaml"], in: sandbox)
    ending.expectRefusal(64, containing: ["max_page_count = 3"])
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
