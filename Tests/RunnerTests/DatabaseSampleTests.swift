import AssayModel
import Gate
import Platform
import SQLiteDriver
import ScenarioFiles
import Testing

@testable import Runner

/// Databases as a user has them, made outside of the harness.
enum MadeDatabase {
  /// Runs a script on a new file.
  static func make(_ path: String, _ script: String) throws {
    var connection = try Connection(ConnectionOptions(path: path, time: SystemTime()))
    try connection.execute(script)
    try connection.close()
  }
}

@Suite("A sample of the user's database")
struct DatabaseSampleTests {
  /// Makes a database and returns its path.
  private func database(_ sandbox: Sandbox, _ script: String) throws -> String {
    let path = sandbox.file("app.db")
    try MadeDatabase.make(path, script)
    return path
  }

  @Test("A small database is taken whole: rows of every type, then indexes, views and triggers")
  func whole() throws {
    let sandbox = try Sandbox()
    let path = try database(
      sandbox,
      """
      CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, "a b" TEXT, x BLOB, r REAL, n,
        twice AS (id * 2));
      CREATE TABLE log (what TEXT);
      CREATE INDEX by_text ON "odd ""name" ("a b");
      CREATE TRIGGER noted AFTER INSERT ON "odd ""name" BEGIN INSERT INTO log VALUES ('new'); END;
      INSERT INTO "odd ""name" VALUES (1, 'it''s', x'00ff', 0.1, NULL), (2, '', NULL, -1e300, 7);
      CREATE TABLE certmagic_data (key TEXT PRIMARY KEY);
      """)
    let sample = try DatabaseSample(of: path)
    #expect(sample.isWhole && sample.rows == 4 && sample.tables == 2)
    #expect(!sample.script.contains { $0.contains("certmagic") })
    let copy = sandbox.file("copy.db")
    try MadeDatabase.make(copy, sample.script.joined(separator: ";\n"))
    // The same once more: nothing is missing, and no trigger fired for the old rows.
    #expect(try DatabaseSample(of: copy) == sample)
  }

  @Test("Of a large table the first rows are taken, and parameters are drawn from them")
  func large() throws {
    let sandbox = try Sandbox()
    let path = try database(
      sandbox,
      """
      CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO t SELECT i, 'x' FROM n;
      """)
    let sample = try DatabaseSample(of: path)
    #expect(!sample.isWhole && sample.rows == DatabaseSample.rowsOfTable)
    var load = SQLLoad()
    var transaction = SQLLoad.Transaction(name: "t", statements: ["UPDATE t SET v = :v"])
    transaction.parameters = [
      .init(name: "id", kind: .uniform(low: 1, high: 5_000)),
      .init(name: "v", kind: .text(length: 9_000)),
    ]
    load.transactions = [transaction]
    load.invariants = [.init(query: "SELECT count(*) FROM t", equals: "5000")]
    let small = load.sampled(sample)
    #expect(
      small.transactions[0].parameters.map(\.kind)
        == [.uniform(low: 1, high: Int64(DatabaseSample.rowsOfTable)), .text(length: 200)])
    #expect(small.invariants.isEmpty && small.setUp == sample.script)
  }

  @Test("What cannot be sampled says why")
  func obstacles() throws {
    let sandbox = try Sandbox()
    let path = try database(sandbox, "CREATE VIRTUAL TABLE words USING fts5(w)")
    #expect(
      throws: DatabaseSample.Obstacle(
        reason: "'words' is a virtual table, which cannot be sampled")
    ) { try DatabaseSample(of: path) }
    let text = try sandbox.write("notes.txt", "no database")
    #expect(throws: DatabaseSample.Obstacle.self) { try DatabaseSample(of: text) }
  }
}

@Suite("Where a tuning may choose from")
struct TuneSpaceTests {
  private func space(_ sections: String, _ profiles: [String] = []) throws -> TuneSpace {
    let file = try ScenarioFile(
      text: Text.scenario(
        "load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 100ms }\n\(sections)"),
      name: "sample.yaml")
    return try TuneSpace(profiles: profiles) { try file.plan(overrides: $0, seed: Seed(1)) }
  }

  @Test(
    "A reference that opens the database as the default does is the default, not another cell",
    arguments: [
      ("storage: { profile: metacircular }", "metacircular"),
      ("storage: { profile: sqlite, max_open_connections: 4 }", "sqlite"),
      // What a profile sets explicitly is what SQLite does by itself.
      (
        "storage: { journal_mode: delete, synchronous: full, busy_timeout: 0s, begin: deferred }",
        "sqlite"
      ),
    ])
  func equalReference(storage: String, profile: String) throws {
    let space = try space(storage, [profile])
    #expect(space.references.map(\.candidate) == [space.fallback])
    #expect(space.candidates.allSatisfy { $0.settings[TuneSpace.profileKnob] == nil })
  }

  @Test("A reference that opens it otherwise is a cell of its own, with its name")
  func otherReference() throws {
    let space = try space("storage: { profile: metacircular }", ["litestream-library"])
    #expect(space.references[0].candidate != space.fallback)
    #expect(space.references[0].candidate.settings["profile"] == "litestream-library")
  }

  @Test("The default has the page size of an existing file, and its encoding is left out")
  func existingFile() throws {
    let sandbox = try Sandbox()
    let path = sandbox.file("app.db")
    try MadeDatabase.make(path, "PRAGMA page_size = 1024; CREATE TABLE t (n)")
    let built = try space("storage: { path: '\(path)' }\ntune: { knobs: [page_size] }")
    #expect(built.fallback.settings == ["storage.page_size": "1024"])
    #expect(built.candidates.count == 3)
    let matrix = try space(
      "storage: { path: '\(path)' }\n"
        + "matrix: { storage.encoding: [UTF-8, UTF-16le], storage.page_size: [1024, 4096] }")
    #expect(matrix.leftOut == ["storage.encoding"])
    #expect(matrix.candidates.count == 2)
  }
}
