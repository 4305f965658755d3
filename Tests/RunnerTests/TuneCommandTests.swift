import AssayModel
import Foundation
import Glibc
import Reports
import Testing

/// The `tune.json` of a run, as anybody can read it.
private struct Tuning: Sendable {
  struct Class: Sendable {
    var setting: String
    var durability: String
    var power: [String: String]
  }

  var classes: [Class] = []
  var recommended: [String: String]?
  var gains: [[String: String]] = []
  var references: [String: Bool] = [:]
  var front: [[String: String]] = []
  var isConfirmed: Bool?
  var exitCode: Int?

  init(_ text: String) throws {
    let any = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let root = try #require(any as? [String: Any])
    func settings(_ any: Any?) -> [String: String]? {
      (any as? [String: Any])?["settings"] as? [String: String]
    }
    for entry in root["classes"] as? [[String: Any]] ?? [] {
      let power = entry["power"] as? [[String: Any]] ?? []
      classes.append(
        Class(
          setting: entry["setting"] as? String ?? "",
          durability: entry["durability"] as? String ?? "",
          power: Dictionary(
            power.map { ($0["check"] as? String ?? "", $0["status"] as? String ?? "") },
            uniquingKeysWith: { first, _ in first })))
    }
    recommended = settings((root["recommended"] as? [String: Any])?["candidate"])
    let result = root["result"] as? [String: Any]
    gains = (result?["gains"] as? [[String: Any]] ?? []).compactMap { settings($0["candidate"]) }
    isConfirmed = result?["is_confirmed"] as? Bool
    for entry in root["references"] as? [[String: Any]] ?? [] {
      references[entry["profile"] as? String ?? ""] = entry["gain"] != nil
    }
    front = (root["front"] as? [[String: Any]] ?? []).filter {
      $0["is_on_front"] as? Bool == true
    }.compactMap {
      settings(($0["point"] as? [String: Any])?["candidate"])
    }
    exitCode = root["exit_code"] as? Int
  }

  func durability(_ setting: String) -> String? {
    classes.first { $0.setting == setting }?.durability
  }
}

@Suite("assay tune")
struct TuneCommandTests {
  private func scenario(_ sections: String) -> String {
    Text.scenario(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 100ms }
      expect: { integrity: valid, durability: valid }
      \(sections)
      """)
  }

  private func tune(
    _ sections: String, _ arguments: [String], in sandbox: Sandbox,
    within limit: Duration = .seconds(120)
  ) async throws -> Assay.Ending {
    try sandbox.write("scenario.yaml", scenario(sections))
    return try await Assay.run(
      ["tune", "scenario.yaml", "--effort", "quick", "--out", "out"] + arguments, in: sandbox,
      within: limit)
  }

  /// Without a journal the fewest bytes are written: that is exact, and does not go by the clock.
  private static let tempting =
    "storage: { journal_mode: delete, synchronous: full }\n"
    + "matrix: { storage.journal_mode: [delete, truncate, \"off\"] }"

  @Test("What is best outside of the class is turned down by crash images, and never measured")
  func planted() async throws {
    let sandbox = try Sandbox()
    let free = try await tune(
      Self.tempting, ["--class", "D1", "--objective", "written", "--no-references", "--json"],
      in: sandbox)
    #expect(free.code == 0, "\(free.errors)")
    let unsafe = try Tuning(free.output)
    #expect(unsafe.recommended?["storage.journal_mode"] == "off", "the bait is not the best")
    let bound = try await tune(
      Self.tempting, ["--class", "D2", "--objective", "written", "--no-references", "--json"],
      in: try Sandbox())
    #expect(bound.code == 0, "\(bound.errors)")
    let safe = try Tuning(bound.output)
    let chosen = try #require(safe.recommended?["storage.journal_mode"])
    #expect(["delete", "truncate"].contains(chosen))
    #expect(safe.isConfirmed == true)
    #expect(safe.gains.allSatisfy { $0["storage.journal_mode"] != "off" })
    #expect(safe.front.allSatisfy { $0["storage.journal_mode"] != "off" })
    let off = try #require(safe.classes.first { $0.setting.contains("journal_mode=off") })
    #expect(off.durability == "D1")
    #expect(off.power["consistency"] == "violated", "turned down without evidence")
    #expect(bound.errors.contains("journal_mode=off"))
  }

  @Test("Crash images tell the classes of WAL apart: OFF, NORMAL and FULL")
  func classes() async throws {
    let ending = try await tune(
      "matrix: { storage.synchronous: [\"off\", normal, full] }",
      ["--class", "D3", "--objective", "written", "--no-references", "--json"], in: try Sandbox())
    let tuning = try Tuning(ending.output)
    #expect(tuning.durability("journal_mode=wal synchronous=off") == "D1")
    #expect(tuning.durability("journal_mode=wal synchronous=normal") == "D2")
    #expect(tuning.durability("journal_mode=wal synchronous=full") == "D3")
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(tuning.recommended?["storage.synchronous"] == "full")
    #expect(ending.errors.contains("The default is D2"))
  }

  @Test("A class that no setting reaches is unknown, and says what every setting lost")
  func notReached() async throws {
    let sandbox = try Sandbox()
    let ending = try await tune(
      "matrix: { storage.synchronous: [\"off\", normal] }",
      ["--class", "D3", "--no-references"], in: sandbox)
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(ending.output.contains("No setting of the space reaches D3"))
    #expect(ending.output.contains("that lost an acknowledged transaction"))
    #expect(!ending.output.contains("PRAGMA"))
    let file = try #require(sandbox.files(named: "tune.json").first)
    let tuning = try Tuning(try String(contentsOfFile: file, encoding: .utf8))
    #expect(tuning.recommended == nil && tuning.exitCode == 4)
  }

  @Test("A recommendation comes with pragmas, open options, gains over advice, and a front")
  func report() async throws {
    let sandbox = try Sandbox()
    let ending = try await tune(
      "matrix: { storage.synchronous: [normal, full] }\n"
        + "tune: { class: D2, objectives: [written, throughput, p99, memory, disk] }",
      ["--reference", "metacircular", "--reference", "go-backup", "--json"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let file = try #require(sandbox.files(named: "tune.json").first)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == ending.output)
    for word in [
      "PRAGMA journal_mode = WAL;", "mattn/go-sqlite3", "modernc.org/sqlite", "GRDB", "rusqlite",
      "sqlite3.connect", "SQLite3::Database", "Over metacircular:", "Over go-backup: D1",
      "Front: none of its class",
    ] {
      #expect(ending.errors.contains(word), "\(word): \(ending.errors)")
    }
    let tuning = try Tuning(ending.output)
    #expect(tuning.references == ["metacircular": true, "go-backup": false])
    let recommended = try #require(tuning.recommended)
    #expect(tuning.front.contains(recommended), "\(tuning.front)")
    #expect(ending.errors.contains(" (recommended)"))
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Ctrl-C gives the best so far with 130 and leaves no database")
  func interrupted() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml", scenario("matrix: { storage.cache_size: [-100, -200, -400, -2000] }"))
    let run = try await Assay.start(
      ["tune", "scenario.yaml", "--out", "out", "--no-references"], in: sandbox)
    try await eventually("blocks run", within: .seconds(240)) {
      sandbox.everything(in: "out/Runs").contains { $0.hasSuffix("cell-0-r8") }
    }
    run.send(SIGINT)
    let ending = try await run.ending(within: .seconds(20))
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(ending.output.contains("so far, not confirmed (interrupted)"), "\(ending.output)")
    #expect(sandbox.files(named: "tune.json").count == 1)
    #expect(sandbox.files(named: "assay.db") == [])
  }

  @Test("Out of time before the confirmation is unknown, with the best so far")
  func outOfTime() async throws {
    let ending = try await tune(
      "matrix: { storage.cache_size: [-100, -200, -400] }",
      ["--no-references", "--budget", "1s"], in: try Sandbox())
    #expect(ending.code == 4, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("not confirmed (out of time)"))
    #expect(ending.output.contains("PRAGMA"))
  }

  @Test("Ctrl-C while classes are verified gives no recommendation, and 130")
  func interruptedEarly() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml", scenario("matrix: { storage.synchronous: [normal, full, extra] }"))
    let run = try await Assay.start(
      ["tune", "scenario.yaml", "--out", "out", "--no-references"], in: sandbox)
    try await eventually("a class is explored", within: .seconds(60)) {
      sandbox.everything(in: "out/Runs").contains { $0.contains("/class-") }
    }
    run.send(SIGINT)
    let ending = try await run.ending(within: .seconds(20))
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(!ending.output.contains("PRAGMA"), "\(ending.output)")
    #expect(ending.output.contains("Interrupted before anything was measured"), "\(ending.output)")
    #expect(sandbox.files(named: "tune.json").count == 1)
    #expect(!sandbox.everything(in: "out/Runs").contains { $0.contains("/class-") })
  }

  @Test("A budget that ends while classes are verified is unknown, and says how many are")
  func outOfTimeEarly() async throws {
    let ending = try await tune(
      "matrix: { storage.synchronous: [full, normal, extra] }",
      ["--no-references", "--budget", "10ms"], in: try Sandbox())
    #expect(ending.code == 4, "\(ending.output)\(ending.errors)")
    #expect(
      ending.output.contains("out of time with the classes of 1 of at most 3 settings verified"),
      "\(ending.output)")
    #expect(!ending.output.contains("PRAGMA"))
  }

  @Test("A default that breaks the user's own rule is exit 2, and nothing is recommended")
  func brokenDefault() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        "\(ComparisonTrial.brokenRule)\nmatrix: { storage.cache_size: [-100, -2000] }\n"
          + "tune: { class: D1 }"))
    let ending = try await Assay.run(
      ["tune", "scenario.yaml", "--effort", "quick", "--out", "out", "--no-references"],
      in: sandbox, within: .seconds(120))
    #expect(ending.code == 2, "\(ending.output)\(ending.errors)")
    #expect(ending.output.contains("invariants"), "\(ending.output)")
    #expect(!ending.output.contains("PRAGMA"))
  }

  @Test("What cannot be tuned, and options that say nothing, are refused")
  func refusals() async throws {
    for (sections, arguments, words) in [
      ("matrix: { load.writers: [1, 2] }", [], ["load.writers", "--set"]),
      ("matrix: { storage.vfs: [default, unix-none] }", [], ["storage.vfs"]),
      ("faults: [{ kill: random, every: 50ms }]", [], ["inject=false"]),
      ("storage: { path: ':memory:' }", [], ["memory"]),
      ("", ["--reference", "rales"], ["rales", "rails"]),
    ] as [(String, [String], [String])] {
      let ending = try await tune(sections, arguments, in: try Sandbox())
      ending.expectRefusal(64, containing: words)
    }
    for arguments in [
      ["--class", "D9"], ["--objective", "speed"], ["--effort", "some"], ["--budget", "soon"],
      ["--reference", "rails", "--no-references"],
    ] {
      let ending = try await tune("", arguments, in: try Sandbox())
      #expect(ending.code == 64, "\(arguments): \(ending.errors)")
      #expect(ending.output == "")
    }
  }

  @Test("Own SQL on an existing database is judged on its schema and rows, in any page size")
  func ownDatabase() async throws {
    let sandbox = try Sandbox()
    try MadeDatabase.make(
      sandbox.file("app.db"),
      "PRAGMA page_size = 1024; PRAGMA journal_mode = wal; CREATE TABLE stock (id INTEGER PRIMARY "
        + "KEY, n); INSERT INTO stock VALUES (1, 5), (2, 7)")
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { path: '\(sandbox.file("app.db"))' }
        load:
          workload: sql
          writers: 1
          duration: 100ms
          transactions:
            - statements: ["UPDATE stock SET n = n + 1 WHERE id = :id"]
              parameters: { id: { uniform: [1, 2] } }
        matrix: { storage.page_size: [1024, 4096] }
        tune: { class: D2, objectives: [written] }
        expect: { integrity: valid }
        """))
    let ending = try await Assay.run(
      ["tune", "scenario.yaml", "--effort", "quick", "--out", "out", "--no-references", "--json"],
      in: sandbox, within: .seconds(120))
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(
      ending.errors.contains(
        "Judged on the 1 transaction of the scenario on the schema of '\(sandbox.file("app.db"))' "
          + "with all 2 rows of 1 table"), "\(ending.errors)")
    #expect(!ending.errors.contains("Not judged:"), "\(ending.errors)")
    let tuning = try Tuning(ending.output)
    #expect(tuning.classes.map(\.durability) == ["D2"])
    #expect(tuning.recommended?["storage.page_size"] == "1024")
  }

  @Test("The built-in space is raced after a screening, by a handful of knobs")
  func builtIn() async throws {
    let ending = try await tune(
      "tune: { knobs: [cache_size, page_size, temp_store, begin], objectives: [written] }",
      ["--no-references", "--json"], in: try Sandbox())
    #expect(ending.code == 0, "\(ending.errors)")
    let tuning = try Tuning(ending.output)
    // Larger pages write more for a row.
    #expect(tuning.recommended?["storage.page_size"] == "4096")
    #expect(ending.errors.contains("What each value did on its own"))
    #expect(ending.errors.contains("storage.temp_store"))
  }
}
