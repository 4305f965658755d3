import AssayModel
import Foundation
import Glibc
import Platform
import SQLiteDriver
import Testing

@Suite("A scenario's own database")
struct DatabasePathTests {
  private static func scenario(_ path: String) -> String {
    Text.scenario(
      """
      storage: { path: \(path) }
      load: { workload: kv, writers: 2, keys: { count: 50 }, duration: 150ms }
      expect: { integrity: valid, durability: valid }
      """)
  }

  private func makeDatabase(_ path: String, _ pragmas: [Pragma]) throws -> Connection {
    var connection = try Connection(
      ConnectionOptions(path: path, pragmas: pragmas, time: SystemTime()))
    try connection.execute(
      "CREATE TABLE mine(a); INSERT INTO mine VALUES ('original'); CREATE INDEX i ON mine(a)")
    return connection
  }

  private func expectCopied(_ sandbox: Sandbox) throws {
    let copy = try #require(sandbox.files(named: "assay.db").first)
    var connection = try Connection(
      ConnectionOptions(path: copy, mode: .readOnly, time: SystemTime()))
    #expect(try connection.rows(text: "SELECT a FROM mine") == [[.text("original")]])
    #expect(try connection.rows(text: "SELECT count(*) FROM certmagic_data") == [[.integer(50)]])
  }

  @Test("A run works on a copy and leaves every byte as it was", arguments: ["delete", "wal"])
  func copy(mode: String) async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("mine"), withIntermediateDirectories: false)
    try makeDatabase(sandbox.file("mine/my.db"), [Pragma("journal_mode", mode)]).close()
    let before = try sandbox.bytes(in: "mine")
    let (ending, result) = try await Assay.runScenario(
      Self.scenario("mine/my.db"), ["--keep"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.first?.operations["store"]?.count ?? 0 > 0)
    #expect(try sandbox.bytes(in: "mine") == before)
    try expectCopied(sandbox)
  }

  @Test("A database that another program has open in WAL mode is copied with what its WAL holds")
  func open() async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("mine"), withIntermediateDirectories: false)
    let other = try makeDatabase(
      sandbox.file("mine/my.db"),
      [Pragma("journal_mode", "wal"), Pragma("wal_autocheckpoint", "0")])
    let before = try sandbox.bytes(in: "mine")
    #expect(before["my.db-wal"]?.isEmpty == false)
    let (ending, _) = try await Assay.runScenario(
      Self.scenario("mine/my.db"), ["--keep"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let after = try sandbox.bytes(in: "mine")
    // The -shm file holds the marks of readers: reading changes it, by SQLite's design.
    for name in ["my.db", "my.db-wal"] { #expect(after[name] == before[name], "\(name)") }
    try expectCopied(sandbox)
    try other.close()
  }

  @Test(
    "A path that is no database is exit 64, one message, and nothing is overwritten",
    arguments: ["folder", "missing.db", "text.db", "short.db"])
  func noDatabase(name: String) async throws {
    let sandbox = try Sandbox()
    switch name {
    case "folder":
      try FileManager.default.createDirectory(
        atPath: sandbox.file(name), withIntermediateDirectories: false)
    case "text.db":
      try sandbox.write(name, String(repeating: "This is no database. ", count: 100))
    case "short.db": try sandbox.write(name, "SQLite format 3\0")
    default: break
    }
    let before = try? Data(contentsOf: URL(fileURLWithPath: sandbox.file(name)))
    try sandbox.write("scenario.yaml", Self.scenario(name))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["storage.path", name])
    #expect((try? Data(contentsOf: URL(fileURLWithPath: sandbox.file(name)))) == before)
    // A refused run leaves no folder that looks like a run.
    let left = sandbox.everything().filter { $0.hasPrefix("out/Runs/sample/") }
    #expect(left.isEmpty, "\(left)")
  }

  @Test("A file that may not be read is exit 64 and one message", .enabled(if: getuid() != 0))
  func unreadable() async throws {
    let sandbox = try Sandbox()
    try makeDatabase(sandbox.file("my.db"), []).close()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0], ofItemAtPath: sandbox.file("my.db"))
    try sandbox.write("scenario.yaml", Self.scenario("my.db"))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["storage.path", "my.db"])
  }

  @Test("A database that is damaged while it runs is judged, not refused")
  func damagedMeanwhile() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { journal_mode: delete, synchronous: off }
        load: { workload: kv, processes: 2, keys: { count: 50 }, think: 1ms, duration: 4s }
        faults: [{ kill: 0, at: 3500ms, restart_after: 1ms }]
        expect: { integrity: valid }
        """))
    let assay = try await Assay.start(
      ["run", "scenario.yaml", "--out", "out", "--json"], in: sandbox)
    // Again and again: a worker in the middle of a transaction writes its own first page back. On a
    // thread of its own: tasks may have to wait until the run is over.
    Thread.detachNewThread { [processID = assay.processID] in
      while Processes.isAlive(processID) {
        Thread.sleep(forTimeInterval: 0.005)
        guard Processes.workers(of: processID).count >= 2,
          sandbox.everything().count(where: { Histories.hasEvents(segment: sandbox.file($0)) })
            >= 2,
          let path = sandbox.files(named: "assay.db").first,
          let handle = try? FileHandle(forWritingTo: URL(fileURLWithPath: path))
        else { continue }
        try? handle.write(contentsOf: Data(repeating: 0x5a, count: 4_096))
        try? handle.close()
      }
    }
    let ending = try await assay.ending()
    #expect(ending.code == 2, "\(ending.errors)")
    let result = try Assay.result(ending.output, ending)
    let verdict = try #require(result.cells.first?.verdicts.first)
    #expect(verdict.check == .integrity)
    #expect(verdict.status == .violated)
    #expect(result.cells.first?.incidents == [])
  }

  /// A database of certmagic-sqlite with one key.
  private func makeStore(_ sandbox: Sandbox, _ key: String) throws {
    var connection = try Connection(
      ConnectionOptions(path: sandbox.file("my.db"), time: SystemTime()))
    try connection.execute(
      """
      CREATE TABLE certmagic_data(
        key TEXT PRIMARY KEY, value BLOB NOT NULL, modified INTEGER NOT NULL);
      INSERT INTO certmagic_data VALUES ('\(key)', x'0102030405060708090a', 0);
      """)
    try connection.close()
  }

  @Test(
    "Keys of others are left alone, however much they look like those of a run",
    arguments: ["key/7", "key/-1", "key/+0000001", "key/000000001", "key/0000000a", "other"])
  func otherKeys(key: String) async throws {
    let sandbox = try Sandbox()
    try makeStore(sandbox, key)
    let (ending, result) = try await Assay.runScenario(Self.scenario("my.db"), in: sandbox)
    #expect(ending.code == 0, "\(ending.errors) \(result.cells.flatMap(\.verdicts))")
  }

  @Test("A database that holds keys of a run already is refused", arguments: [3, 4_000])
  func ownKeys(number: Int) async throws {
    let sandbox = try Sandbox()
    try makeStore(sandbox, "key/" + String(String(100_000_000 + number).dropFirst()))
    try sandbox.write("scenario.yaml", Self.scenario("my.db"))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["initial content"])
  }
}
