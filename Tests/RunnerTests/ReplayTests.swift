import AssayModel
import Foundation
import SQLiteDriver
import Testing

@Suite("Replay of findings")
struct ReplayTests {
  /// One run whose findings every test takes copies of: a journal whose syncs are ignored, and a
  /// directory that forgets the journal's deletion.
  private static let made = Task {
    let sandbox = try Sandbox()
    let scenario = RecoveryScenario(
      disk: "sync: ignored", operations: 2,
      expectations: "integrity: violated, consistency: violated, durability: violated")
    let run = try await scenario.run(in: sandbox)
    return (sandbox: sandbox, run: run)
  }

  private static func finding(
    _ check: CheckName, code: String? = nil
  ) async throws -> RecoveryScenario.Finding {
    let made = try await made.value
    #expect(made.run.ending.code == 0, "\(made.run.ending.errors)")
    return try made.run.finding(check, code: code)
  }

  @Test("Every finding of a run is reproduced, again and again with the same trace")
  func reproduced() async throws {
    let made = try await Self.made.value
    #expect(made.run.findings.count > 3)
    for path in made.run.findings {
      let finding = try RecoveryScenario.Finding(path: path)
      let one = try await Assay.run(["replay", path], in: made.sandbox)
      #expect(one.code == 0, "\(path): \(one.output) \(one.errors)")
      #expect(one.output.hasSuffix("Reproduced: \(finding.found).\n"), "\(one.output)")
    }
    let last = try #require(made.run.findings.last)
    let outputs = try await [
      Assay.run(["replay", last], in: made.sandbox).output,
      Assay.run(["replay", last], in: made.sandbox).output,
    ]
    #expect(outputs[0] == outputs[1])
    for words in ["transaction 1 begins", "LOST", "crash at", "transfer"] {
      #expect(outputs[0].contains(words), "\(outputs[0])")
    }
  }

  @Test("A finding whose program writes other bytes now is not reproduced: exit 4")
  func otherLog() async throws {
    let finding = try await Self.finding(.consistency)
    let sandbox = try Sandbox()
    let digest = String(repeating: "0", count: 32)
    let ending = try await FindingFiles.replay(
      FindingFiles.replacing("log_digest", with: "\"\(digest)\"", in: finding.text), in: sandbox)
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(ending.output.contains("Not reproduced"))
    #expect(ending.output.contains(digest))
    let other = try await FindingFiles.replay(
      FindingFiles.replacing("image_digest", with: "\"\(digest)\"", in: finding.text), in: sandbox)
    #expect(other.code == 4)
    let noSuch = try await FindingFiles.replay(
      FindingFiles.replacing("position", with: "1000000", in: finding.text), in: sandbox)
    #expect(noSuch.code == 4, "\(noSuch.errors)")
    #expect(noSuch.output.contains("an image that the log does not hold"))
  }

  @Test("Another SQLite, or another version of the disk, is exit 5 and both are named")
  func otherVersions() async throws {
    let finding = try await Self.finding(.consistency)
    let sandbox = try Sandbox()
    let library = try await FindingFiles.replay(
      FindingFiles.replacing("sqlite_source_id", with: "\"2001-01-01 older\"", in: finding.text),
      in: sandbox)
    #expect(library.code == 5)
    for word in ["2001-01-01 older", SQLiteLibrary.sourceID, "--sqlite"] {
      #expect(library.errors.contains(word), "\(library.errors)")
    }
    let disk = try await FindingFiles.replay(
      FindingFiles.replacing("disk_version", with: "77", in: finding.text), in: sandbox)
    #expect(disk.code == 5)
    #expect(disk.errors.contains("version 77"), "\(disk.errors)")
  }

  @Test("A file that is no finding of this schema is exit 64 and one message that says why")
  func damaged() async throws {
    let finding = try await Self.finding(.consistency)
    let sandbox = try Sandbox()
    let image = try #require(finding.text.firstRange(of: "\"image\" :"))
    let piece = try #require(
      finding.text.firstRange(of: /"[0-9]+\.[0-9]+"/), "no piece was lost")
    let damaged: [(text: String, words: [String])] = [
      ("", ["is damaged"]),
      (String(finding.text.prefix(finding.text.count / 2)), ["is damaged"]),
      ("[1, 2]", ["not a finding"]),
      ("{}", ["not a finding", "with a 'schema'"]),
      (finding.text.replacingCharacters(in: image, with: "\"imago\" :"), ["'image' is missing"]),
      (
        finding.text.replacingCharacters(in: piece, with: "\"5-7\""),
        ["'5-7' names no piece", "57.2", "image.lost"]
      ),
      (try FindingFiles.replacing("program", with: "\"one\"", in: finding.text), ["in 'program'"]),
      (
        try FindingFiles.replacing("schema", with: "99", in: finding.text),
        ["schema 99", "reads schema 2"]
      ),
      (
        finding.text.replacingOccurrences(of: "\"explore\"", with: "\"exploit\""),
        ["was changed", "cell.settings"]
      ),
      (
        finding.text.replacingOccurrences(of: "\"ledger\"", with: "\"mixed\""),
        ["was changed"]
      ),
    ]
    for (text, words) in damaged {
      let ending = try await FindingFiles.replay(text, in: sandbox)
      #expect(ending.code == 64, "\(words): \(ending.errors)")
      #expect(ending.messages.count == 1, "\(ending.errors)")
      for word in ["finding.json"] + words {
        #expect(ending.errors.contains(word), "\(ending.errors)")
      }
    }
  }

  @Test("A path that is no readable file is exit 64", arguments: ["missing.json", "folder"])
  func noFile(path: String) async throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.file("folder"), withIntermediateDirectories: false)
    let ending = try await Assay.run(["replay", path], in: sandbox)
    ending.expectRefusal(64, containing: [path, "cannot be read"])
  }

  @Test("--files writes a database that SQLite finds as damaged, or as old, as the finding says")
  func files() async throws {
    let sandbox = try Sandbox()
    let damaged = try await FindingFiles.replay(
      Self.finding(.integrity, code: "damaged").text, ["--files", "damaged"], in: sandbox)
    #expect(damaged.code == 0, "\(damaged.errors)")
    let broken = try RecoveredDatabase(sandbox.file("damaged/assay.db"))
    #expect(broken.integrity != ["ok"])
    let finding = try await Self.finding(.durability)
    let older = try await FindingFiles.replay(finding.text, ["--files", "older"], in: sandbox)
    #expect(older.code == 0, "\(older.errors)")
    #expect(older.errors.contains("older/assay.db"))
    let database = try RecoveredDatabase(sandbox.file("older/assay.db"))
    #expect(database.integrity == ["ok"])
    let number = finding.found.firstMatch(of: /after (\d+) transactions, but (\d+) were/)
    let match = try #require(number, "\(finding.found)")
    #expect("\(database.transfers)" == match.1)
    #expect(match.1 != match.2)
    #expect(database.balance == 24 * 1_000)
  }

  @Test("A race's replay says how its program ran, and draws the recoverers with their locks")
  func race() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage: { journal_mode: delete, synchronous: extra, page_size: 1024 }
        disk: { sync: ignored }
        load: { workload: mixed, processes: 2, keys: { count: 8 }, operations: 10 }
        explore: { crashes: power-loss, strategy: portfolio, minimum: 1, schedules: 96 }
        expect: { durability: violated }
        """), in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let folder = try #require(sandbox.files(named: "result.json").first)
      .dropLast("/result.json".count)
    let finding = try #require(result.cells[0].findings.first)
    let replay = try await Assay.run(["replay", "\(folder)/\(finding)"], in: sandbox)
    #expect(replay.code == 0, "\(replay.output) \(replay.errors)")
    let lines = replay.output.split(separator: "\n")
    let told = /^Program \d+ ran under the strategy (uniform|sticky|pct-2|pct-3); the power went/
    #expect(lines.contains { $0.starts(with: told) }, "\(replay.output)")
    #expect(lines.contains { $0.contains("recoverer 0") && $0.contains("recoverer 1") })
    #expect(lines.contains { $0.contains("take SHARED [SHARED]") }, "\(replay.output)")
  }

  @Test("--json prints one document on standard output, --quiet one line")
  func json() async throws {
    let finding = try await Self.finding(.durability)
    let sandbox = try Sandbox()
    let ending = try await FindingFiles.replay(finding.text, ["--json"], in: sandbox)
    #expect(ending.code == 0)
    #expect(ending.errors == "")
    let any = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
    let document = try #require(any as? [String: Any])
    #expect(document["found"] as? String == finding.found)
    #expect((document["trace"] as? [String])?.isEmpty == false)
    let quiet = try await FindingFiles.replay(finding.text, ["--quiet"], in: sandbox)
    #expect(quiet.output == "Reproduced: \(finding.found).\n")
  }
}
