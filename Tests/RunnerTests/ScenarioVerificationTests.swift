import AssayModel
import Foundation
import Platform
import SQLiteDriver
import Testing

@Suite("What check finds that only SQLite and the file system know")
struct ScenarioVerificationTests {
  private static func sql(
    _ transaction: String, invariant: String = "SELECT 1", storage: String = "",
    setUp: String = "CREATE TABLE stock(id INTEGER PRIMARY KEY, n INTEGER)",
    world: String = "world: real"
  ) -> String {
    Text.scenario(
      """
      \(world)
      storage: { busy_timeout: 1s\(storage) }
      load:
        workload: sql
        writers: 1
        operations: 5
        setup: ["\(setUp)"]
        transactions: [{ name: move, statements: ["\(transaction)"] }]
        invariants: [{ query: "\(invariant)", equals: 1 }]
      """)
  }

  private static let simulated = "world: simulated\nexplore: { crashes: process, minimum: 1 }"

  @Test(
    "SQL that does not compile is exit 64 with the same message in check and run, in both worlds",
    arguments: [
      ("UPDATE stok SET n = 1", "SELECT 1", "transaction 'move'", "stok"),
      ("UPDATE stock SET m = 1", "SELECT 1", "transaction 'move'", "m"),
      ("UPDATE stock SET n = 1", "SELECT sum(n) FROM stok", "invariant 1", "stok"),
      ("UPDATE stock SET n = 1", "DELETE FROM stock", "invariant 1", "column"),
    ])
  func mistakes(transaction: String, invariant: String, place: String, word: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("real.yaml", Self.sql(transaction, invariant: invariant))
    try sandbox.write(
      "simulated.yaml", Self.sql(transaction, invariant: invariant, world: Self.simulated))
    for file in ["real.yaml", "simulated.yaml"] {
      let check = try await Assay.run(["check", file], in: sandbox)
      check.expectRefusal(64, containing: [file, place, word])
      let run = try await Assay.run(["run", file, "--out", "out"], in: sandbox)
      run.expectRefusal(64, containing: [place, word])
    }
    #expect(!sandbox.everything().contains("out"))
  }

  @Test("A set-up that does not compile is found, and one that fills a million rows is not run")
  func setUp() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "wrong.yaml", Self.sql("UPDATE stock SET n = 1", setUp: "CREATE TABLE stock(id, n"))
    let wrong = try await Assay.run(["check", "wrong.yaml"], in: sandbox)
    wrong.expectRefusal(64, containing: ["setup"])
    try sandbox.write(
      "commits.yaml",
      Self.sql("UPDATE stock SET n = 1", setUp: "CREATE TABLE stock(id, n); COMMIT"))
    try await Assay.run(["check", "commits.yaml"], in: sandbox)
      .expectRefusal(64, containing: ["setup", "ends a transaction"])
    let filling =
      "CREATE TABLE stock(id INTEGER PRIMARY KEY, n INTEGER); "
      + "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000) "
      + "INSERT INTO stock SELECT x, x FROM c"
    try sandbox.write("filling.yaml", Self.sql("UPDATE stock SET n = 1", setUp: filling))
    let check = try await Assay.run(["check", "filling.yaml"], in: sandbox)
    #expect(check.code == 0, "\(check.errors)")
  }

  @Test(
    "storage.path is relative to the scenario, its schema counts, and nothing is left beside it")
  func database() async throws {
    let sandbox = try Sandbox()
    for folder in ["scenarios/data", "elsewhere"] {
      try FileManager.default.createDirectory(
        atPath: sandbox.file(folder), withIntermediateDirectories: true)
    }
    var connection = try Connection(
      ConnectionOptions(
        path: sandbox.file("scenarios/data/app.db"), pragmas: [Pragma("journal_mode", "wal")],
        time: SystemTime()))
    try connection.execute(
      "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); CREATE VIEW v AS SELECT * FROM users")
    try connection.close()
    func scenario(_ statement: String) -> String {
      Self.sql(statement, storage: ", path: data/app.db", setUp: "CREATE TABLE extra(a)")
    }
    try sandbox.write("scenarios/good.yaml", scenario("UPDATE users SET name = 'x'"))
    try sandbox.write("scenarios/bad.yaml", scenario("UPDATE user SET name = 'x'"))
    let good = try await Assay.run(["check", "scenarios/good.yaml"], in: sandbox)
    #expect(good.code == 0, "\(good.errors)")
    try await Assay.run(["check", "scenarios/bad.yaml"], in: sandbox)
      .expectRefusal(64, containing: ["no such table: user"])
    #expect(sandbox.everything(in: "scenarios/data") == ["app.db"])
    let run = try await Assay.run(
      ["run", "../scenarios/good.yaml", "--out", "out"], in: sandbox, prelude: "cd elsewhere")
    #expect(run.code == 0, "\(run.errors)")
    // A path on the command line is one of the current folder.
    let override = try await Assay.run(
      ["check", "scenarios/good.yaml", "--set", "storage.path=scenarios/data/app.db"], in: sandbox)
    #expect(override.code == 0, "\(override.errors)")
  }

  @Test("A database that is missing or none at all is found by check, with its resolved path")
  func missingDatabase() async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("scenarios"), withIntermediateDirectories: false)
    try sandbox.write("scenarios/text.db", String(repeating: "no database ", count: 20))
    for (path, word) in [("none.db", "does not exist"), ("text.db", "is not a database")] {
      try sandbox.write(
        "scenarios/scenario.yaml",
        Text.scenario("storage: { path: \(path) }\nload: { workload: kv, operations: 5 }"))
      try await Assay.run(["check", "scenarios/scenario.yaml"], in: sandbox)
        .expectRefusal(64, containing: ["storage.path 'scenarios/\(path)'", word])
      let json = try await Assay.run(["check", "scenarios/scenario.yaml", "--json"], in: sandbox)
      #expect(json.code == 64)
      #expect(json.output.contains(word), "\(json.output)")
    }
  }
}
