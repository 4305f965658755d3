import AssayModel
import Foundation
import Testing

@testable import Runner

@Suite("The file system layer in the real world")
struct RealFileSystemTests {
  private func counts(_ run: CellHarness.Finished) -> [String: UInt64] {
    run.reports.values.reduce(into: [:]) { $0.merge($1.counts, uniquingKeysWith: +) }
  }

  // MARK: Counting

  @Test("A cell that asks for nothing has SQLite's own layer alone")
  func ordinaryCell() async throws {
    let harness = try CellHarness("load: { workload: kv, keys: { count: 50 }, operations: 20 }")
    #expect(!harness.cell.needsFileSystem)
    let run = try await harness.run()
    #expect(counts(run).keys.allSatisfy { !$0.hasPrefix("vfs.") && !$0.hasPrefix("injected.") })
    #expect(run.reports.values.allSatisfy { $0.fileSystemTime == nil })
  }

  @Test("Only what the actors do is counted: one sync of the log for each commit, and its header's")
  func countsOfACell() async throws {
    let run = try await CellHarness.run(
      """
      storage: { journal_mode: wal, synchronous: full }
      load: { workload: kv, writers: 1, keys: { count: 50 }, operations: 40 }
      probe: counts
      """)
    let counts = counts(run)
    #expect(counts["vfs.sync.wal.calls"] == 41)
    #expect(counts["vfs.sync.database.calls"] == nil)
    #expect(counts["vfs.open.database.calls"] == nil)
    #expect(counts["vfs.sync.wal.nanoseconds"] == nil)
    let bytes = try #require(counts["vfs.write.wal.bytes"])
    #expect(bytes >= 40 * 4_120)
  }

  @Test("Times split the service time of a cell into locks, syncs, other calls and the rest")
  func times() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: wal, synchronous: full }
        load: { workload: kv, writers: 2, keys: { count: 50 }, duration: 200ms }
        probe: times
        disk: { sync: 1ms }
        expect: { integrity: valid, durability: valid }
        """), in: sandbox)
    #expect(ending.code == 0, "\(ending.errors)")
    let time = try #require(result.cells[0].serviceTime)
    #expect(time.total == time.locking + time.syncing + time.otherCalls + time.rest)
    // Two actors for 200 ms; operations at the edges may be cut or longer.
    #expect((100_000_000...1_000_000_000).contains(time.total), "\(time)")
    let syncs = try #require(result.cells[0].counts["vfs.sync.wal.calls"])
    #expect(time.syncing > syncs * 900_000, "\(time), \(syncs) syncs")
    #expect(time.locking > 0 && time.otherCalls > 0)
  }

  // MARK: Faults

  @Test("An I/O error is an event and a fault of the result, no incident")
  func ioError() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, processes: 2, writers: 1, keys: { count: 50 }, operations: 60 }
      faults: [{ io_error: 1, operation: 5, method: write, file: wal }]
      """)
    let fault = try #require(run.faults(.ioError).first)
    #expect(run.record.faults.count == 1)
    #expect(fault.process == 1)
    #expect(fault.target.hasPrefix("process 1, write of wal, operation 5, at byte "))
    #expect(fault.detected == fault.injected)
    let failed = try run.events(process: 1).filter { $0.outcome != .ok }
    #expect(failed.map(\.code) == [778])
    #expect(try run.events(process: 0).allSatisfy { $0.outcome == .ok })
    #expect(counts(run)["injected.io_error"] == 1)
    #expect(run.incidents.isEmpty)
    #expect(run.record.observation.integrityRows == ["ok"])
  }

  @Test("A disk that is full refuses writes, and takes them again when it has room")
  func diskFull() async throws {
    let run = try await CellHarness.run(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 400ms }
      faults: [{ disk_full: all, after: 64 KiB, for: 100ms }]
      """)
    let fault = try #require(run.faults(.diskFull).first)
    let recovered = try #require(fault.recovered)
    #expect(recovered - fault.injected == .milliseconds(100))
    let events = try run.events(process: 0)
    let refused = events.filter { $0.outcome != .ok }
    #expect(!refused.isEmpty && refused.allSatisfy { $0.code == 13 })
    #expect(refused.allSatisfy { $0.invoked < recovered })
    #expect(events.contains { $0.outcome == .ok && $0.invoked > recovered })
    #expect(run.record.observation.integrityRows == ["ok"])
  }

  @Test("A sync that drops what it should have kept loses acknowledged writes under NORMAL")
  func droppedPages() async throws {
    let sandbox = try Sandbox()
    let (_, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: wal, synchronous: normal, wal_autocheckpoint: 20 }
        load: { workload: kv, writers: 1, keys: { count: 500 }, value_size: 1 KiB, operations: 300 }
        faults: [{ fsync_error: all, operation: 4, file: wal, drop: true }]
        expect: { durability: valid, integrity: valid }
        """), in: sandbox)
    let cell = result.cells[0]
    #expect(cell.faults.map(\.kind) == ["fsync_error"])
    #expect(cell.verdicts.contains { $0.status == .violated }, "\(cell.verdicts)")
  }

  @Test("Locks that are silently granted break what two writers share")
  func silentLocks() async throws {
    let sandbox = try Sandbox()
    let (_, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: wal, synchronous: off }
        load: { workload: ledger, processes: 2, writers: 2, keys: { count: 1000 }, duration: 2s }
        faults: [{ silent_lock: all, probability: 1 }]
        expect: { integrity: valid, atomicity: valid, durability: valid }
        """), in: sandbox)
    let cell = result.cells[0]
    #expect(!cell.faults.isEmpty)
    #expect(cell.verdicts.contains { $0.status == .violated }, "\(cell.verdicts)")
  }

  // MARK: Kills

  @Test("A process that is killed in the middle of a write leaves its first half, and returns")
  func killInAWrite() async throws {
    var harness = try CellHarness(
      """
      load: { workload: kv, writers: 1, keys: { count: 50 }, duration: 400ms }
      faults:
        - { kill: 0, operation: 21, moment: middle, method: write, file: wal, restart_after: 10ms }
      """)
    // The second process to run the load looks first at what the first one has left.
    let log = "\(harness.folder.data(cell: 0, repetition: 0))/assay.db-wal"
    let copy = harness.sandbox.file("left-wal")
    try harness.replaceWorker(after: 2, by: "cp '\(log)' '\(copy)'")
    let run = try await harness.run()

    let kill = try #require(run.faults(.kill).first)
    #expect(kill.target.hasPrefix("process 0, write of wal, operation 21, at byte "))
    #expect(kill.hitDuringWrite)
    #expect(run.incarnations(of: 0).map(\.wasKilled) == [true, false])
    #expect(kill.recovered != nil)
    #expect(run.incidents.isEmpty)
    #expect(run.record.observation.integrityRows == ["ok"])

    let length = try Data(contentsOf: URL(fileURLWithPath: copy)).count
    let offset = try #require(
      kill.target.split(separator: " ").last.flatMap { Int($0) })
    // A frame's head has 24 bytes, its page 4,096.
    #expect([12, 2_048].contains(length - offset), "\(length) bytes, killed at \(offset)")
  }

  @Test(
    "A kill at an operation comes once, before, in or after it", arguments: ["before", "after"])
  func killAround(moment: String) async throws {
    let run = try await CellHarness.run(
      """
      storage: { journal_mode: wal, synchronous: full }
      load: { workload: kv, writers: 1, keys: { count: 50 }, think: 1ms, duration: 300ms }
      faults:
        - { kill: 0, operation: 10, moment: \(moment), method: sync, restart_after: 5ms }
      """)
    #expect(run.faults(.kill).count == 1)
    #expect(run.incarnations(of: 0).map(\.wasKilled) == [true, false])
    #expect(run.incidents.isEmpty)
    let events = try run.events(process: 0)
    #expect(events.last?.completed == nil)
  }

  // MARK: Targets and refusals

  @Test("A random target is one process, drawn for each fault and repetition")
  func randomTargets() throws {
    let cell = try CellHarness(
      """
      load: { workload: kv, processes: 4, keys: { count: 50 }, duration: 1s }
      faults: [{ io_error: random, probability: 0.1 }, { io_error: random, probability: 0.1 }]
      """, seed: 3
    ).cell
    var drawn: Set<Int> = []
    for repetition in 0..<20 {
      for number in 0..<2 {
        let hit = (0..<4).filter {
          cell.isHit(process: $0, byFault: number, repetition: repetition)
        }
        #expect(hit.count == 1)
        drawn.formUnion(hit)
      }
    }
    #expect(drawn == [0, 1, 2, 3])
  }

  @Test("What the layer cannot hit is refused")
  func refusals() throws {
    var cell = try CellHarness(
      """
      load: { workload: kv, keys: { count: 50 }, duration: 1s }
      faults: [{ io_error: all, probability: 0.1 }]
      """
    ).cell
    try Capabilities.verifyFileSystem(cell)
    let sound = cell
    func expectRefusal(_ change: (inout PlannedCell) -> Void, line: Int = #line) {
      cell = sound
      change(&cell)
      #expect(throws: RunnerError.self, "line \(line)") {
        try Capabilities.verifyFileSystem(cell)
      }
    }
    expectRefusal { $0.faults[0].target = .holder }
    expectRefusal { $0.faults[0].target = .named("wal") }
    expectRefusal { $0.faults[0].trigger = .afterCommits(1) }
    expectRefusal { $0.faults[0].trigger = .afterBytes(ByteCount(1)) }
    expectRefusal { $0.faults[0].method = .close }
    expectRefusal { $0.storage.path = ":memory:" }
  }
}
