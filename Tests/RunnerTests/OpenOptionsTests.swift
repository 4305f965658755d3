import AssayModel
import Foundation
import Platform
import Reports
import SQLiteDriver
import ScenarioFiles
import Testing

@Suite("How to open a database as recommended")
struct OpenOptionsTests {
  /// The settings of every profile, and some that no profile has.
  private static func settings() throws -> [StorageSettings] {
    var sections = StorageProfile.all.map { "storage: { profile: \($0.name) }" }
    sections += [
      "storage: { page_size: 8192, journal_mode: wal, encoding: UTF-16, busy: none }",
      "storage: { topology: group-commit, busy: fair, auto_vacuum: full, synchronous: extra }",
    ]
    return try sections.map { section in
      let text = Text.scenario("load: { workload: kv }\n\(section)")
      let plan = try ScenarioFile(text: text, name: "s.yaml").plan(seed: Seed(1))
      return try #require(plan.cells.first).storage
    }
  }

  @Test("The pragmas run on an empty database, and each is taken")
  func pragmasRun() throws {
    for storage in try Self.settings() {
      let sandbox = try Sandbox()
      let path = sandbox.file("app.db")
      var connection = try Connection(ConnectionOptions(path: path, time: SystemTime()))
      let statements = OpenOptions.sql(storage).split(separator: "\n").map(String.init)
      #expect(statements.count >= 3)
      for statement in statements { try connection.execute(statement) }
      #expect(
        try connection.pragma("journal_mode") == storage.journalMode.rawValue, "\(statements)")
      let levels: [StorageSettings.Synchronous] = [.off, .normal, .full, .extra]
      #expect(
        try connection.pragma("synchronous").flatMap(Int.init)
          == levels.firstIndex(of: storage.synchronous))
      for pragma in storage.pragmas {
        #expect(
          try connection.pragma(pragma.name)?.lowercased().hasPrefix(pragma.value.lowercased())
            == true, "\(pragma)")
      }
      try connection.close()
    }
  }

  @Test("Python's lines run where there is a Python, and set the same")
  func pythonRuns() throws {
    let python = "/usr/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python) else { return }
    for storage in try Self.settings().suffix(3) {
      let sandbox = try Sandbox()
      let option = try #require(OpenOptions.all(storage).first { $0.language.hasPrefix("Python") })
      try sandbox.write(
        "open.py",
        "import sqlite3, os\nos.chdir('\(sandbox.path)')\n\(option.text)\n"
          + "assert con.execute('PRAGMA journal_mode').fetchone()[0]"
          + " == '\(storage.journalMode.rawValue)'\n")
      let process = try Process.run(
        URL(fileURLWithPath: python), arguments: [sandbox.file("open.py")])
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(option.text)")
    }
  }

  @Test("What a pragma cannot say is said: who shares connections, how transactions begin")
  func languages() throws {
    let text = Text.scenario(
      """
      load: { workload: kv }
      storage:
        { topology: single-writer, readers: 3, busy: fair, begin: immediate, synchronous: full,
          busy_timeout: 2s, mmap_size: 1MiB }
      """)
    let plan = try ScenarioFile(text: text, name: "s.yaml").plan(seed: Seed(1))
    let options = OpenOptions.all(try #require(plan.cells.first).storage)
    func lines(_ word: String) throws -> String {
      try #require(options.first { $0.language.contains(word) }).text
    }
    #expect(try lines("mattn").contains("_busy_timeout=2000&_journal_mode=WAL&_synchronous=FULL"))
    #expect(try lines("mattn").contains("PRAGMA mmap_size = 1048576;"))
    #expect(try lines("mattn").contains("sql.Open(\"sqlite3_tuned\""))
    #expect(try lines("modernc").contains("_pragma=mmap_size(1048576)&_txlock=immediate"))
    #expect(try lines("modernc").contains("SetMaxOpenConns(1)"))
    #expect(try lines("GRDB").contains("maximumReaderCount = 3"))
    #expect(try lines("GRDB").contains("writeWithoutTransaction"))
    #expect(try lines("Python").contains("isolation_level=\"IMMEDIATE\""))
    #expect(try lines("rusqlite").contains("TransactionBehavior::Immediate"))
    #expect(try lines("Ruby").contains("busy_handler_timeout = 2000"))
    for option in options where option.language != "SQL" && !option.language.contains("Ruby") {
      #expect(option.text.contains("one connection for all writers, 3 for readers"))
      #expect(option.text.contains("sleep 1 ms"))
    }
  }
}
