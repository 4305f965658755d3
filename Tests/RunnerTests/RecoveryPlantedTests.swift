import AssayModel
import Foundation
import Testing

/// Faults of a disk, each planted in a program that is sound on an honest one, found by real
/// workers.
@Suite("Planted faults of a disk")
struct RecoveryPlantedTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var scenario: RecoveryScenario
    /// The checks that must be violated; the others must not.
    var violated: [CheckName]
    /// The kinds of files of which a finding must have lost something.
    var lost: String

    init(
      _ what: String, _ disk: String, _ journal: String, violated: [CheckName], lost: String,
      operations: Int = 2, checkpoint: Int = 20
    ) {
      testDescription = "\(what), \(journal)"
      self.violated = violated
      self.lost = lost
      scenario = RecoveryScenario(
        journal: journal, disk: disk, operations: operations, walCheckpoint: checkpoint)
    }
  }

  static let faults: [Fault] = [
    Fault(
      "every sync ignored", "sync: ignored", "delete", violated: [.consistency, .durability],
      lost: "journal", operations: 1),
    Fault(
      "every sync ignored", "sync: ignored", "wal", violated: [.consistency, .durability],
      lost: "wal", checkpoint: 2),
    Fault(
      "the journal's syncs ignored", "sync: ignored, sync_files: [journal]", "delete",
      violated: [.consistency], lost: "journal"),
    Fault(
      "the log's syncs ignored", "sync: ignored, sync_files: [wal]", "wal",
      violated: [.durability], lost: "wal"),
    Fault(
      "syncs keep the order only", "sync: barrier", "delete", violated: [.durability],
      lost: "journal"),
    Fault(
      "syncs keep the order only", "sync: barrier", "wal", violated: [.durability], lost: "wal"),
    Fault(
      "the directory never synced", "directory: never", "delete",
      violated: [.consistency, .durability], lost: "journal"),
  ]

  @Test("A planted fault of the disk is found, and breaks what it breaks only", arguments: faults)
  func found(_ fault: Fault) async throws {
    var scenario = fault.scenario
    scenario.expectations = [CheckName.consistency, .durability].map {
      "\($0.rawValue): \(fault.violated.contains($0) ? "violated" : "valid")"
    }.joined(separator: ", ")
    let run = try await scenario.run(in: try Sandbox())
    #expect(run.ending.code == 0, "\(run.ending.output.prefix(4_000)) \(run.ending.errors)")
    for check in fault.violated {
      #expect(run.status(check) == .violated)
      #expect(try run.finding(check).found != "?")
    }
    let lost = try run.findings.flatMap { try RecoveryScenario.Finding(path: $0).files }
    #expect(lost.contains(fault.lost), "\(lost)")
    let most = run.count("transactions_lost_at_most")
    #expect(fault.violated.contains(.durability) == (most > 0), "\(most)")
    #expect(most <= run.count("transactions"))
  }

  @Test("The same programs are sound on an honest disk", arguments: ["delete", "wal"])
  func control(journal: String) async throws {
    let scenario = RecoveryScenario(journal: journal, walCheckpoint: 4)
    let run = try await scenario.run(in: try Sandbox())
    #expect(run.ending.code == 0, "\(run.ending.errors)")
    #expect(run.findings.isEmpty)
    #expect(run.count("distinct_images") > 20)
    for check in [CheckName.integrity, .consistency, .durability] {
      #expect(run.status(check) == .valid)
    }
  }

  @Test("Writers that join another's open transaction are judged by that one")
  func groupCommit() async throws {
    let scenario = RecoveryScenario(
      operations: 8, writers: 4, topology: "group-commit", schedules: 3)
    let run = try await scenario.run(in: try Sandbox())
    #expect(run.ending.code == 0, "\(run.ending.output.prefix(4_000)) \(run.ending.errors)")
    // Some transaction held more than one of them.
    #expect(run.count("transactions") < 24)
  }

  @Test("A frame of the log that is torn although it was synced loses what was acknowledged")
  func tornFrame() async throws {
    var scenario = RecoveryScenario(journal: "wal", disk: "sync: ignored, sync_files: [wal]")
    scenario.expectations = "consistency: valid, durability: violated"
    let sandbox = try Sandbox()
    let run = try await scenario.run(in: sandbox)
    #expect(run.ending.code == 0, "\(run.ending.errors)")
    let finding = try run.finding(.durability)
    let trace = try await Assay.run(["replay", finding.path], in: sandbox)
    #expect(trace.code == 0, "\(trace.errors)")
    // The first page in the log, and the sync after it, which this disk has only pretended.
    let page = try #require(
      trace.output.firstMatch(of: /(\d+)  write wal 56\+1024  survived/), "\(trace.output)")
    let rest = trace.output[page.range.upperBound...]
    #expect(rest.contains("sync wal"), "\(rest)")
    // The same crash, but all that is lost is the second sector of that page.
    let lost = try #require(finding.text.firstRange(of: /"lost" : \[[^\]]*\]/))
    let torn = finding.text.replacingCharacters(in: lost, with: "\"lost\" : [\"\(page.1).1\"]")
    try sandbox.write("torn.json", torn)
    let first = try await Assay.run(["replay", "torn.json"], in: sandbox)
    #expect(first.code == 4)
    let digest = try #require(
      first.output.firstMatch(of: /the image has the digest ([0-9a-f]{32})\./), "\(first.output)")
    let old = try #require(torn.firstRange(of: /"image_digest" : "[0-9a-f]+"/))
    try sandbox.write(
      "torn.json",
      torn.replacingCharacters(in: old, with: "\"image_digest\" : \"\(digest.1)\""))
    let second = try await Assay.run(["replay", "torn.json"], in: sandbox)
    #expect(second.code == 0, "\(second.output)")
    #expect(second.output.contains("write wal 56+1024  LOST 1 of 3 sectors"), "\(second.output)")
  }

  @Test("integrity_check alone is silent where the content oracle finds a torn transaction")
  func integrityIsNotEnough() async throws {
    var scenario = RecoveryScenario(
      disk: "sync: ignored, sync_files: [journal]", operations: 2, keys: 200)
    scenario.expectations = "integrity: may_violate, consistency: violated"
    let sandbox = try Sandbox()
    let run = try await scenario.run(in: sandbox)
    #expect(run.ending.code == 0, "\(run.ending.errors)")
    let finding = try run.finding(.consistency, code: "content")
    #expect(run.count("images_inconsistent") > run.count("images_damaged"))
    let first = run.count("images_until_inconsistent")
    #expect(
      first > 0 && first + run.count("images_inconsistent") <= run.count("distinct_images") + 1)
    // SQLite itself, outside the harness, finds the same database sound.
    let replay = try await Assay.run(
      ["replay", finding.path, "--files", "files"], in: sandbox)
    #expect(replay.code == 0, "\(replay.errors)")
    let database = try RecoveredDatabase(sandbox.file("files/assay.db"))
    #expect(database.integrity == ["ok"])
    #expect(database.wrongAccounts > 0)
  }
}
