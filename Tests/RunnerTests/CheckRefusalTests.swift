import AssayModel
import Foundation
import Platform
import SQLiteDriver
import Testing

@Suite("What check accepts, run runs")
struct CheckRefusalTests {
  private static let load = "load: { workload: kv, keys: { count: 5 }, operations: 4 }"
  private static let explored = "world: simulated\nexplore: { crashes: process, minimum: 1 }"

  @Test(
    "Both refuse with the same words",
    arguments: [
      ("storage: { mmap_size: 1024GiB }", "pragma mmap_size = 1099511627776 was not taken"),
      (explored + "\nstorage: { vfs: unix-none }", "storage.vfs"),
      (explored + "\nstorage: { locking_mode: exclusive, max_open_connections: 1 }", "exclusive"),
    ])
  func same(_ sections: String, _ words: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Text.scenario("\(Self.load)\n\(sections)"))
    let check = try await Assay.run(["check", "scenario.yaml"], in: sandbox)
    check.expectRefusal(64, containing: [words])
    let run = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    run.expectRefusal(64, containing: [words])
    let document = try await Assay.run(["check", "scenario.yaml", "--json"], in: sandbox)
    #expect(document.code == 64)
    #expect(document.output.contains(words), "\(document.output)")
  }

  /// Each pragma of the format with a value that is not SQLite's own.
  private static let pragmas = """
    analysis_limit: 100, application_id: 7, auto_vacuum: incremental, automatic_index: off,
    cache_size: -400, cache_spill: 20, case_sensitive_like: on, cell_size_check: on,
    checkpoint_fullfsync: on, encoding: UTF-16le, foreign_keys: on, fullfsync: on,
    hard_heap_limit: 512MiB, ignore_check_constraints: on, journal_size_limit: 64KiB,
    legacy_alter_table: on, locking_mode: normal, max_page_count: 100000, mmap_size: 1MiB,
    page_size: 1024, read_uncommitted: on, recursive_triggers: on,
    reverse_unordered_selects: on, secure_delete: fast, soft_heap_limit: 256MiB,
    temp_store: memory, threads: 2, trusted_schema: off, wal_autocheckpoint: 50
    """

  @Test(
    "Every pragma of the format runs in both worlds",
    arguments: ["", explored, "world: simulated\nexplore: { minimum: 4, schedules: 4 }"])
  func pragmas(world: String) async throws {
    for mode in ["wal", "delete"] {
      let (ending, _) = try await Assay.runScenario(
        Text.scenario(
          """
          \(world)
          storage: { journal_mode: \(mode), synchronous: full, \(Self.pragmas) }
          load: { workload: kv, writers: 2, keys: { count: 20 }, operations: 20 }
          expect: { integrity: valid, durability: valid }
          """), in: try Sandbox(), within: .seconds(60))
      #expect(ending.code == 0, "\(mode), \(world): \(ending.errors)")
    }
  }

  @Test("A mapped database survives crashes and schedules in the simulated world")
  func mapped() async throws {
    let bounds = "minimum: 10, schedules: 1, images: { exhaust: 2, samples: 1, recovery: 0 }"
    for (mode, explore) in [
      ("wal", "crashes: power-loss, \(bounds)"), ("delete", "crashes: power-loss, \(bounds)"),
      ("delete", "minimum: 40"),
    ] {
      let (ending, _) = try await Assay.runScenario(
        Text.scenario(
          """
          world: simulated
          storage:
            { journal_mode: \(mode), synchronous: extra, mmap_size: 64KiB, page_size: 1024,
              wal_autocheckpoint: 8 }
          load: { workload: ledger, writers: 2, keys: { count: 100 }, operations: 6 }
          explore: { \(explore) }
          expect: { integrity: valid, durability: valid, atomicity: valid }
          """), in: try Sandbox(), within: .seconds(60))
      #expect(ending.code == 0, "\(mode), \(explore): \(ending.errors)")
    }
  }

  @Test("A URI is opened with its parameters, and refused where they cannot be honoured")
  func uri() async throws {
    let sandbox = try Sandbox()
    let text = { (parameters: String) in
      Text.scenario(
        """
        storage:
          { path: "file:my.db\(parameters)", journal_mode: delete, busy_timeout: 0ms,
            max_open_connections: 4 }
        load: { workload: kv, writers: 4, keys: { count: 50 }, duration: 300ms }
        expect: { integrity: valid, durability: valid }
        """)
    }
    try makeDatabase(in: sandbox)
    for parameters in ["", "?cache=shared"] {
      let (ending, result) = try await Assay.runScenario(text(parameters), in: sandbox)
      #expect(ending.code == 0 || ending.code == 4, "\(ending.errors)")
      #expect(result.cells.first?.operations["store"]?.count ?? 0 > 0)
    }
    for parameter in ["?mode=ro", "?key=secret", "?immutable=1"] {
      try sandbox.write("refused.yaml", text(parameter))
      let check = try await Assay.run(["check", "refused.yaml"], in: sandbox)
      check.expectRefusal(
        64, containing: ["storage.path", String(parameter.dropFirst().prefix(3))])
    }
  }

  private func makeDatabase(in sandbox: Sandbox) throws {
    var connection = try Connection(
      ConnectionOptions(path: sandbox.file("my.db"), time: SystemTime()))
    try connection.execute("CREATE TABLE mine(a); INSERT INTO mine VALUES ('original')")
    try connection.close()
  }
}
