import AssayModel
import Foundation
import Platform
import Testing

@testable import Runner

@Suite("Tampering with the files of a running database")
struct TamperTests {
  /// Commits that come fast, in a log that a checkpoint leaves alone most of the time.
  private static let wal = """
    storage: { journal_mode: wal, synchronous: off }
    load: { workload: ledger, processes: 2, writers: 1, keys: { count: 200 }, duration: 400ms }
    """

  /// The same for tampering that ends the cell.
  private static let longer = wal.replacingOccurrences(of: "400ms", with: "5s")

  private static let checks = "check: [integrity, durability, atomicity]"
  /// SQLITE_READONLY_DBMOVED.
  private static let databaseMoved: Int32 = 1032

  private func run(
    _ sections: String, _ tampering: String
  ) async throws -> (run: CellHarness.Finished, checks: [CheckName: CheckResult]) {
    let faults = tampering.isEmpty ? "" : "faults: [\(tampering)]"
    let run = try await CellHarness.run("\(sections)\n\(faults)\n\(Self.checks)")
    let outcome = CellOutcome(
      record: run.record, reports: run.reports, incidents: run.incidents,
      library: WorkerReady(time: SystemTime()), wasInterrupted: false, observing: .zero)
    let analysed = try CellAnalysis.analyse(outcome, historyFolder: run.histories)
    let results = Dictionary(
      analysed.checks.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
    return (run, results)
  }

  private func expectHit(
    _ run: CellHarness.Finished, _ way: Tamper, _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let records = run.faults(.tamper)
    #expect(!records.isEmpty, sourceLocation: sourceLocation)
    for record in records {
      #expect(record.missed == nil, sourceLocation: sourceLocation)
      #expect(record.target.hasPrefix("\(way.rawValue): "), sourceLocation: sourceLocation)
      #expect(record.target.contains(words), "\(record.target)", sourceLocation: sourceLocation)
    }
    #expect(run.incidents.isEmpty, sourceLocation: sourceLocation)
  }

  @Test("Without tampering the same cell is clean")
  func control() async throws {
    let (run, checks) = try await run(Self.wal, "")
    #expect(run.faults(.tamper).isEmpty)
    for check in [CheckName.integrity, .durability, .atomicity] {
      #expect(checks[check]?.status == .valid, "\(String(describing: checks[check]))")
    }
  }

  @Test("A copy without the log lacks what was acknowledged before, and is what is judged")
  func copy() async throws {
    let (run, checks) = try await run(Self.longer, "{ tamper: copy, at: 50ms }")
    expectHit(run, .copy, "commits in the log only")
    #expect(checks[.durability]?.status == .violated)
    // Everybody was killed with it: nothing was acknowledged later.
    #expect(run.record.processes.allSatisfy { $0.wasKilled })
    #expect(run.record.measuredUntil - run.record.measuredFrom < .seconds(5))
    #expect(run.sandbox.everything().contains { $0.hasSuffix("/assay.db.copy") })
  }

  @Test(
    "A copy as one should make it holds all that was acknowledged before it was begun",
    arguments: [Tamper.vacuumInto, .backup], ["wal", "delete"])
  func properCopy(way: Tamper, mode: String) async throws {
    let sections =
      "disk: { latency: { write: 200us } }\n"
      + Self.longer.replacingOccurrences(of: "mode: wal", with: "mode: \(mode)")
      .replacingOccurrences(of: "count: 200", with: "count: 1000")
    let (run, checks) = try await run(sections, "{ tamper: \(way.rawValue), at: 50ms }")
    expectHit(run, way, mode == "wal" ? "commits in the log only" : "pages of a transaction")
    for check in [CheckName.integrity, .durability, .atomicity] {
      #expect(checks[check]?.status == .valid, "\(String(describing: checks[check]))")
    }
    #expect(run.sandbox.everything().contains { $0.hasSuffix("/assay.db.copy") })
    #expect(run.record.processes.contains { $0.wasKilled })
    let copied = try #require(run.record.copied)
    let acknowledged = try (0..<2).flatMap { try run.events(process: $0) }.count {
      $0.isCommit && ($0.completed ?? copied) < copied
    }
    #expect(acknowledged > 0)
    #expect(checks[.durability]?.evidence.hasPrefix("\(acknowledged) ") == true)
  }

  @Test("What was acknowledged before a copy was begun and is not in it is lost")
  func staleCopy() async throws {
    let (run, _) = try await run(Self.longer, "{ tamper: vacuum_into, at: 50ms }")
    // As if the copy had been begun at the very end: what came meanwhile is missing.
    var record = run.record
    record.copied = nil
    let outcome = CellOutcome(
      record: record, reports: run.reports, incidents: run.incidents,
      library: WorkerReady(time: SystemTime()), wasInterrupted: false, observing: .zero)
    let analysed = try CellAnalysis.analyse(outcome, historyFolder: run.histories)
    #expect(analysed.checks.first { $0.check == .durability }?.status == .violated)
  }

  @Test("A schema that is edited under running writers damages what the next one reads")
  func schema() async throws {
    let (run, checks) = try await run(Self.wal, "{ tamper: schema, at: 50ms }")
    expectHit(run, .schema, "two tables exchanged their pages")
    #expect(checks[.atomicity]?.status == .violated)
    #expect(checks[.durability]?.status == .violated)
    // Who had it open has noticed nothing.
    let edited = try #require(run.faults(.tamper).first?.injected)
    let later = try run.events(process: 0).count {
      $0.isCommit && ($0.completed ?? edited) > edited
    }
    #expect(later > 0)
  }

  @Test("A log that is deleted after a kill takes acknowledged transactions with it")
  func delete() async throws {
    let (run, checks) = try await run(Self.longer, "{ tamper: delete, at: 50ms }")
    expectHit(run, .delete, "assay.db-wal, ")
    #expect(checks[.durability]?.status == .violated)
    #expect(run.record.processes.allSatisfy { $0.wasKilled })
  }

  @Test(
    "A transaction that stands half in the database stays half without its journal",
    arguments: [Tamper.copy, .delete], ["delete", "truncate", "persist"])
  func half(way: Tamper, mode: String) async throws {
    // Writes that take long: half of a transaction is there for most of its time.
    let sections = """
      storage: { journal_mode: \(mode), synchronous: off }
      disk: { latency: { write: 1ms } }
      load: { workload: ledger, keys: { count: 1000 }, duration: 2s }
      """
    let (run, checks) = try await run(sections, "{ tamper: \(way.rawValue), at: 50ms }")
    expectHit(run, way, "pages of a transaction written")
    #expect(checks[.atomicity]?.status == .violated)
  }

  @Test(
    "An older journal or log beside the database undoes what came after it",
    arguments: ["wal", "delete", "persist"])
  func swap(mode: String) async throws {
    let sections = Self.wal.replacingOccurrences(
      of: "journal_mode: wal", with: "journal_mode: \(mode), wal_autocheckpoint: 50")
    let (run, checks) = try await run(sections, "{ tamper: swap, at: 50ms }")
    expectHit(run, .swap, mode == "wal" ? "assay.db-wal" : "assay.db-journal")
    #expect(checks[.durability]?.status == .violated)
    // The processes have ended in order: no crash is needed for this.
    #expect(run.record.processes.allSatisfy { !$0.wasKilled })
  }

  @Test("A database that is replaced while it is open loses what goes into the old file")
  func rename() async throws {
    let sections = Self.wal.replacingOccurrences(
      of: "synchronous: off", with: "synchronous: off, wal_autocheckpoint: 20")
    let (run, checks) = try await run(
      sections, "{ tamper: rename, at: 50ms }, { kill: 1, at: 60ms, restart_after: 1ms }")
    expectHit(run, .rename, "a copy took its place")
    #expect(checks[.durability]?.status == .violated)
    #expect(run.sandbox.everything().contains { $0.hasSuffix("/assay.db.renamed") })
  }

  @Test("With a rollback journal SQLite sees that the database was moved, and refuses to write")
  func renameNoticed() async throws {
    let sections = Self.wal.replacingOccurrences(of: "mode: wal", with: "mode: delete")
    let (run, checks) = try await run(sections, "{ tamper: rename, at: 50ms }")
    expectHit(run, .rename, "a copy took its place")
    let codes = try (0..<2).flatMap { try run.events(process: $0) }.map(\.code)
    #expect(codes.contains(Self.databaseMoved))
    #expect(checks[.durability]?.status == .valid)
  }

  @Test("Shared memory that is zeroed inside a write transaction hides the log from everybody")
  func zeroSharedMemory() async throws {
    // Writes that take long: the lock is held, and nothing committed, for most of the time.
    // Many accounts: on their pages updates are lost that the transaction itself does not redo.
    let sections =
      "disk: { latency: { write: 1ms } }\n"
      + Self.wal.replacingOccurrences(of: "count: 200", with: "count: 5000")
    let (run, checks) = try await run(sections, "{ tamper: zero_shm, every: 80ms }")
    expectHit(run, .zeroSharedMemory, "held the write lock")
    #expect(checks[.atomicity]?.status == .violated)
  }

  @Test(
    "Tampering that finds nothing to hit is recorded, and no check passes",
    arguments: ["copy", "delete", "swap"])
  func missed(way: String) async throws {
    let sections = """
      storage: { journal_mode: delete }
      load: { workload: ledger, writers: 0, readers: 1, keys: { count: 50 }, duration: 100ms }
      """
    let (run, checks) = try await run(sections, "{ tamper: \(way), at: 10ms }")
    let record = try #require(run.faults(.tamper).first)
    #expect(record.missed?.isEmpty == false)
    #expect(run.record.processes.allSatisfy { !$0.wasKilled })
    #expect(checks[.integrity]?.status == .unknown)
    #expect(checks[.integrity]?.sawNothing == true)
    let reason = checks[.integrity]?.reason ?? ""
    #expect(reason.hasPrefix("tamper: \(way) hit nothing: "), "\(reason)")
    for (check, result) in checks { #expect(result.status == .unknown, "\(check)") }
  }

  @Test(
    "What cannot be tampered with is refused before anything runs",
    arguments: [
      ("delete", "journal_mode: off"), ("swap", "journal_mode: memory"),
      ("copy", "journal_mode: off"),
    ])
  func refused(way: String, storage: String) async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { \(storage) }
        load: { workload: ledger, keys: { count: 50 }, duration: 100ms }
        faults: [{ tamper: \(way), at: 10ms }]
        """))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["tamper: \(way)"])
    #expect(!sandbox.everything().contains("out"))
  }
}

@Suite("Two file system layers on one database")
struct FileSystemLayerTests {
  @Test(
    "Processes that lock in different ways lose each other's transactions, in the same way none",
    arguments: [("mixed", true), ("unix-dotfile", false)])
  func mixed(layer: String, isLost: Bool) async throws {
    let sandbox = try Sandbox()
    let (_, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: delete, synchronous: off, vfs: \(layer) }
        load: { workload: ledger, processes: 2, writers: 1, keys: { count: 50 }, duration: 700ms }
        expect: { durability: \(isLost ? "violated" : "valid") }
        """), in: sandbox)
    #expect(result.exitCode == 0, "\(result.cells[0].verdicts)")
  }

  @Test("A layer of one's own beside a slow device is refused, since it would not be used")
  func refused() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "scenario.yaml",
      Text.scenario(
        """
        storage: { journal_mode: delete, vfs: unix-none }
        disk: { latency: { write: 1ms } }
        load: { workload: kv, keys: { count: 50 }, duration: 100ms }
        """))
    let ending = try await Assay.run(["run", "scenario.yaml", "--out", "out"], in: sandbox)
    ending.expectRefusal(64, containing: ["unix-none"])
  }
}
