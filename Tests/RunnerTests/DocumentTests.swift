import Foundation
import Testing

/// `--json` in every case: one document, whatever happened.
@Suite("JSON documents")
struct DocumentTests {
  private static func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.write("sound.yaml", Text.kv)
    try sandbox.write(
      "wrong.yaml", "name: wrong\nquestion: What?\nload: { workload: kv, wrters: 2 }\n")
    try sandbox.write("text.db", String(repeating: "no database ", count: 20))
    return sandbox
  }

  /// Commands that fail, with the exit code and a word of the message.
  static let failing: [(arguments: [String], code: Int, word: String)] = [
    (["run", "wrong.yaml"], 64, "load.wrters"),
    (["run", "missing.yaml"], 64, "missing.yaml"),
    (["run", "sound.yaml", "--only", "nothing"], 64, "unknown cell"),
    (["run", "sound.yaml", "--nonsense"], 64, "--nonsense"),
    (["run", "sound.yaml", "--sqlite", "missing.so"], 5, "missing.so"),
    (["run", "sound.yaml", "--out", "sound.yaml"], 1, "sound.yaml"),
    (["run"], 64, "scenarios"),
    (["run", "sound.yaml", "sound.yaml"], 64, "one scenario at a time"),
    (["run", "missing.yaml", "--dry-run"], 64, "missing.yaml"),
    (["replay", "missing.json"], 64, "missing.json"),
    (["doctor", "missing.db"], 64, "missing.db"),
    (["doctor", "text.db"], 64, "text.db"),
    (["compare", "sound.yaml", "--a", "storage.nonsense=full"], 64, "nonsense"),
    (["compare", "missing", "other"], 64, "missing"),
    (["gate", "missing.yaml"], 64, "missing.yaml"),
    (["calibrate", "--from", "missing.json"], 64, "missing.json"),
    (["tune", "missing.yaml"], 64, "missing.yaml"),
    (["init", "nothing"], 64, "nothing"),
    (["nonsense"], 64, "Unknown option"),
  ]

  @Test("A command that fails prints one document with its exit code, message and places")
  func failures() async throws {
    let sandbox = try Self.sandbox()
    for (arguments, code, word) in Self.failing {
      let ending = try await Assay.run(arguments + ["--json"], in: sandbox)
      #expect(ending.code == Int32(code), "\(arguments): \(ending.errors)")
      let found = try? JSONSerialization.jsonObject(with: Data(ending.output.utf8))
      let document = try #require(
        found as? [String: Any], "\(arguments): \(ending.output)\(ending.errors)")
      #expect(document["exit_code"] as? Int == code, "\(arguments)")
      let message = try #require(document["error"] as? String, "\(arguments)")
      #expect(message.contains(word), "\(arguments): \(message)")
      #expect(ending.errors.contains(word), "\(arguments): \(ending.errors)")
    }
  }

  @Test("A mistake in a scenario has its line and column in the error document")
  func places() async throws {
    let ending = try await Assay.run(["run", "wrong.yaml", "--json"], in: Self.sandbox())
    let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let problems = try #require((found as? [String: Any])?["problems"] as? [[String: Any]])
    #expect(problems.first?["line"] as? Int == 3)
    #expect(problems.first?["nearest"] as? String == "writers")
  }

  @Test("check --json has an entry for a file that is missing, and looks at the others")
  func missingFile() async throws {
    let ending = try await Assay.run(
      ["check", "missing.yaml", "sound.yaml", "--json"], in: Self.sandbox())
    #expect(ending.code == 64)
    let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let files = try #require(found as? [[String: Any]], "\(ending.output)")
    #expect(files.map { $0["valid"] as? Bool } == [false, true])
  }

  @Test("A dry run is a document, too, and its estimate holds the copies of the database")
  func dryRun() async throws {
    let sandbox = try Self.sandbox()
    try sandbox.write("app.db", String(repeating: "x", count: 3 << 20))
    try sandbox.write(
      "copied.yaml",
      Text.scenario(
        """
        storage: { path: app.db }
        load: { workload: kv, duration: 1s }
        matrix: { storage.busy_timeout: [1s, 2s] }
        repeat: 2
        """))
    let ending = try await Assay.run(["run", "copied.yaml", "--dry-run", "--json"], in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let scenarios = (found as? [String: Any])?["scenarios"] as? [[String: Any]]
    let first = try #require(scenarios?.first)
    let database = try #require(first["database"] as? [String: Any])
    #expect(database["bytes"] as? Int == 3 << 20)
    #expect(database["copies"] as? Int == 4)
    #expect(try #require(first["disk_bytes"] as? Double) > 12 * 1_048_576)
    #expect(!sandbox.everything().contains("Results"))
    let text = try await Assay.run(["run", "copied.yaml", "--dry-run"], in: sandbox)
    #expect(text.output.contains("from a copy of app.db, 3 MiB"), "\(text.output)")
  }
}
