import AssayModel
import Foundation
import SQLiteDriver
import Testing

@Suite("Bad input for schedules")
struct ScheduleBadInputTests {
  // MARK: Findings

  /// A finding that any library gives: without fencing a holder that slept writes as well.
  private static let made = Task {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        world: simulated
        storage: { page_size: 1024, journal_mode: wal, max_open_connections: 1 }
        locks: { ttl: 50ms, poll: 1ms, renew: false, fencing: false }
        load: { workload: locks, processes: 3, keys: { count: 1 }, operations: 12, hold: 2ms }
        faults: [{ pause: holder, at: 5ms, for: 120ms }]
        explore: { minimum: 1, schedules: 32 }
        expect: { mutual_exclusion: violated }
        """), in: sandbox)
    let folder = try #require(sandbox.files(named: "result.json").first)
      .dropLast("/result.json".count)
    let path = try #require(result.cells[0].findings.first, "\(ending.errors)")
    return try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
  }

  @Test("A finding as it was written is reproduced")
  func untouched() async throws {
    let ending = try await FindingFiles.replay(try await Self.made.value, in: try Sandbox())
    #expect(ending.code == 0, "\(ending.output) \(ending.errors)")
  }

  @Test(
    "A schedule that does not fit its program is exit 64, and where it does not",
    arguments: [
      ("", "the run went on with step 0"),
      ("0:5", "the run went on with step 5"),
      ("9:5", "at step 0 actor 9 could not run"),
      ("0:999999", "does not fit its program: at step"),
    ])
  func misfit(runs: String, words: String) async throws {
    let made = try await Self.made.value
    let text = try FindingFiles.replacing("runs", with: "\"\(runs)\"", in: made)
    let ending = try await FindingFiles.replay(text, ["--quiet"], in: try Sandbox())
    ending.expectRefusal(
      64, containing: ["finding.json", "its schedule does not fit its program", words])
  }

  @Test("A schedule that cannot be read is exit 64", arguments: ["0", "0:0", "0:-1", "x:3"])
  func unreadable(runs: String) async throws {
    let made = try await Self.made.value
    let text = try FindingFiles.replacing("runs", with: "\"\(runs)\"", in: made)
    let ending = try await FindingFiles.replay(text, ["--quiet"], in: try Sandbox())
    ending.expectRefusal(64, containing: ["finding.json", "is damaged", "list of runs"])
  }

  @Test("A finding of another SQLite, or of another version of the disk, is exit 5")
  func otherVersions() async throws {
    let text = try await Self.made.value
    let library = try await FindingFiles.replay(
      FindingFiles.replacing("sqlite_source_id", with: "\"2001-01-01 older\"", in: text),
      ["--quiet"], in: try Sandbox())
    library.expectRefusal(
      5, containing: ["2001-01-01 older", SQLiteLibrary.sourceID, "--sqlite"])
    let disk = try await FindingFiles.replay(
      FindingFiles.replacing("disk_version", with: "77", in: text), ["--quiet"], in: try Sandbox())
    disk.expectRefusal(5, containing: ["version 77 of the simulated disk"])
  }

  @Test("A finding of an older form is exit 64, and which form is read")
  func olderForm() async throws {
    let text = try FindingFiles.replacing("schema", with: "1", in: try await Self.made.value)
    let ending = try await FindingFiles.replay(text, ["--quiet"], in: try Sandbox())
    ending.expectRefusal(64, containing: ["has schema 1, this version reads schema 2"])
  }

  @Test("Another digest of the same schedule is not reproduced: exit 4")
  func otherDigest() async throws {
    let text = try await Self.made.value
    // The cell before it has a digest of its own.
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("  \"digest\" : ") })
    let zeros = "  \"digest\" : \"\(String(repeating: "0", count: 32))\","
    let ending = try await FindingFiles.replay(
      text.replacingOccurrences(of: line, with: zeros), ["--quiet"], in: try Sandbox())
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(ending.output.hasPrefix("Not reproduced: the run has the digest "))
  }

  // MARK: Scenarios

  private static func scenario(_ explore: String, _ load: String) -> String {
    Text.scenario(
      """
      world: simulated
      storage: { page_size: 1024, max_open_connections: 1 }
      load: { workload: mixed, keys: { count: 4 }, operations: 9, \(load) }
      explore: { \(explore) }
      expect: { integrity: valid }
      """)
  }

  @Test(
    "A budget of nothing, no schedules and too many actors are exit 64 with what is allowed",
    arguments: [
      ("minimum: 1", "processes: 3", ["--budget", "0s"], "--budget: explore.budget: '0s'"),
      ("minimum: 1", "processes: 3", ["--budget=-1s"], "explore.budget"),
      ("minimum: 1", "processes: 3", ["--schedules", "0"], "--schedules: explore.schedules: '0'"),
      ("minimum: 1, budget: 0s", "processes: 3", [], "explore.budget: '0s' is out of range"),
      ("minimum: 1, schedules: 0", "processes: 3", [], "explore.schedules: '0' is out of range"),
      ("minimum: 0", "processes: 3", [], "explore.minimum: '0' is out of range"),
      (
        "minimum: 1", "processes: 256, writers: 8", [],
        "2048 actors; at most 2000 are supported in the simulated world"
      ),
      (
        "minimum: 1, crashes: process", "processes: 9, readers: 256", [],
        "2313 actors; at most 2000"
      ),
      ("minimum: 1", "processes: 257", [], "load.processes: '257' is out of range"),
    ])
  func refused(explore: String, load: String, options: [String], words: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write("scenario.yaml", Self.scenario(explore, load))
    let ending = try await Assay.run(
      ["run", "scenario.yaml", "--out", "out"] + options, in: sandbox)
    #expect(ending.code == 64, "\(ending.errors)")
    #expect(ending.errors.contains(words), "\(ending.errors)")
    #expect(ending.output == "")
    #expect(!sandbox.everything().contains("out"))
  }
}
