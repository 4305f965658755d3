import AssayModel
import Foundation
import SQLiteDriver
import Testing

@testable import Runner

@Suite("Replay of findings of a sweep")
struct SweepReplayTests {
  /// One sweep whose findings every test takes copies of: without a journal nothing can be rolled
  /// back, so that an error in the middle of a transaction does damage.
  private static let made = Task {
    let sandbox = try Sandbox()
    let text = Text.scenario(
      """
      world: simulated
      storage: { journal_mode: off, page_size: 1024, max_open_connections: 1 }
      load: { workload: ledger, operations: 2, keys: { count: 8 } }
      explore: { sweep: io-errors, minimum: 1, schedules: 1 }
      expect: { error_handling: violated }
      """)
    let (ending, result) = try await Assay.runScenario(text, in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let folder = try #require(sandbox.files(named: "result.json").first)
      .dropLast("/result.json".count)
    return (sandbox: sandbox, findings: result.cells[0].findings.map { "\(folder)/\($0)" })
  }

  private static func text(_ number: Int = 0) async throws -> String {
    let made = try await made.value
    try #require(made.findings.count > number)
    return try String(contentsOfFile: made.findings[number], encoding: .utf8)
  }

  @Test("Each finding is reproduced: exit 0, with the scenario, the fault and what was wrong")
  func reproduced() async throws {
    let made = try await Self.made.value
    #expect(made.findings.count > 2)
    for path in made.findings.prefix(6) {
      guard case .sweep(let finding) = try FindingFile.read(path) else {
        Issue.record("\(path) is no finding of a sweep")
        continue
      }
      let ending = try await Assay.run(["replay", path], in: made.sandbox)
      #expect(ending.code == 0, "\(path): \(ending.output) \(ending.errors)")
      let fault = try #require(finding.fault)
      for words in ["\(finding.scenario), ", "\(fault)", "Reproduced: "] {
        #expect(ending.output.contains(words), "\(words): \(ending.output)")
      }
      for line in finding.problems.flatMap(\.lines) {
        #expect(ending.output.contains(line), "\(line): \(ending.output)")
      }
    }
  }

  @Test("A failed allocation that did damage is reproduced as well")
  func memory() async throws {
    let sandbox = try Sandbox()
    // Pages are written early, and without a journal nothing takes them back.
    let text = Text.scenario(
      """
      world: simulated
      storage: { journal_mode: off, page_size: 512, max_open_connections: 1, cache_size: 1 }
      load: { workload: ledger, operations: 2, keys: { count: 400 } }
      explore: { sweep: memory, minimum: 1, schedules: 1 }
      expect: { error_handling: violated }
      """)
    let (ending, result) = try await Assay.runScenario(text, in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(result.cells.first?.findings.isEmpty == false)
    let path = try #require(sandbox.files(named: "finding-1.json").first)
    let replay = try await Assay.run(["replay", path], in: sandbox)
    #expect(replay.code == 0, "\(replay.output) \(replay.errors)")
    #expect(replay.output.contains("allocation, call "), "\(replay.output)")
  }

  @Test("A fault that hits nothing, and one that does something else, are not reproduced: exit 4")
  func otherFault() async throws {
    let sandbox = try Sandbox()
    let text = try await Self.text()
    let nothing = try await FindingFiles.replay(
      FindingFiles.replacing("call", with: "10000", in: text), in: sandbox)
    #expect(nothing.code == 4, "\(nothing.errors)")
    #expect(nothing.output.hasSuffix("Not reproduced: nothing was wrong.\n"), "\(nothing.output)")
    let lines = try #require(text.firstRange(of: /"lines" : \[\s*"/))
    let other = try await FindingFiles.replay(
      text.replacingCharacters(in: lines, with: "\"lines\" : [ \"other "), in: sandbox)
    #expect(other.code == 4, "\(other.errors)")
    for words in ["Not reproduced: not found again: ", "other ", "found instead: "] {
      #expect(other.output.contains(words), "\(words): \(other.output)")
    }
  }

  @Test("Another SQLite, or another version of the disk, is exit 5 and both are named")
  func otherVersions() async throws {
    let sandbox = try Sandbox()
    let text = try await Self.text()
    let library = try await FindingFiles.replay(
      FindingFiles.replacing("library_source", with: "\"2001-01-01 older\"", in: text), in: sandbox)
    #expect(library.code == 5)
    for word in ["2001-01-01 older", SQLiteLibrary.sourceID, "--sqlite"] {
      #expect(library.errors.contains(word), "\(library.errors)")
    }
    let disk = try await FindingFiles.replay(
      FindingFiles.replacing("disk_version", with: "77", in: text), in: sandbox)
    #expect(disk.code == 5)
    #expect(disk.errors.contains("version 77"), "\(disk.errors)")
  }

  @Test("A file that is damaged or of another schema is exit 64 and one message that says why")
  func damaged() async throws {
    let sandbox = try Sandbox()
    let text = try await Self.text()
    let fault = try #require(text.firstRange(of: "\"fault\" :"))
    let damaged: [(text: String, words: String)] = [
      (String(text.prefix(text.count / 2)), "is damaged"),
      (try FindingFiles.replacing("schema", with: "99", in: text), "schema 99"),
      (try FindingFiles.replacing("call", with: "0", in: text), "there is no call 0"),
      (
        try FindingFiles.replacing("call", with: "9223372036854775807", in: text),
        "there is no call"
      ),
      (try FindingFiles.replacing("method", with: "\"dance\"", in: text), "dance"),
      (try FindingFiles.replacing("program", with: "5", in: text), "of program 5"),
      (text.replacingOccurrences(of: "\"library_source\"", with: "\"library\""), "librarySource"),
      (
        text.replacingCharacters(in: fault, with: "\"fault\" : { \"program\" : 0 }, \"f\" :"),
        "line"
      ),
      (text.replacingOccurrences(of: "\"ledger\"", with: "\"kv\""), "was changed"),
      (text.replacingOccurrences(of: "\"explore\"", with: "\"exploit\""), "was changed"),
    ]
    for (text, words) in damaged {
      let ending = try await FindingFiles.replay(text, in: sandbox)
      ending.expectRefusal(64, containing: ["finding.json", words])
    }
  }

  @Test("Files are written of crash images only: exit 64")
  func files() async throws {
    let sandbox = try Sandbox()
    let ending = try await FindingFiles.replay(Self.text(), ["--files", "there"], in: sandbox)
    ending.expectRefusal(64, containing: ["--files", "sweep"])
  }
}

@Suite("Cells in findings")
struct SealedCellTests {
  private static func finding(_ cell: PlannedCell) -> SweepFinding {
    SweepFinding(
      scenario: "sample", cell: cell, program: 0, fault: nil,
      problems: [SweepProblem(check: .durability, lines: ["lost"])], librarySource: "source")
  }

  @Test("A cell that was written is read as the same", arguments: ["kv", "ledger", "mixed"])
  func same(workload: String) throws {
    let sandbox = try Sandbox()
    let finding = Self.finding(try SweepHarness.small(workload))
    let bytes = try ResultFile.encode(finding)
    let path = try sandbox.write("finding.json", String(decoding: bytes, as: UTF8.self))
    guard case .sweep(let read) = try FindingFile.read(path) else {
      Issue.record("no finding of a sweep")
      return
    }
    #expect(read == finding)
  }

  @Test(
    "A cell in which anything was changed is damaged, whatever else could be made of it",
    arguments: [
      ("\"operations\"", "\"duration\""), ("\"wal\"", "\"delete\""),
      ("\"io-errors\"", "\"memory\""),
      ("\"explore\"", "\"exploit\""), ("\"seed\"", "\"sead\""),
      ("\"digest\" : \"", "\"digest\" : \"0"),
      ("\"full\"", "\"fool\""),
    ])
  func changed(words: String, other: String) throws {
    let sandbox = try Sandbox()
    let bytes = try ResultFile.encode(Self.finding(try SweepHarness.small("kv")))
    let text = String(decoding: bytes, as: UTF8.self)
    try #require(text.contains(words))
    let path = try sandbox.write(
      "finding.json", text.replacingOccurrences(of: words, with: other))
    let error = #expect(throws: RunnerError.self) { try FindingFile.read(path) }
    #expect(error?.code == .input)
    #expect(error?.message.contains("is damaged: ") == true, "\(error?.message ?? "")")
  }
}
