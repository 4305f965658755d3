import AssayModel
import AssayStorage
import Checkers
import FaultVFS
import SQLiteDriver
import Testing
import Workloads

@testable import Runner

/// Workloads on the simulated disk: every call of the VFS is a step.
///
/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Workloads on the simulated disk")
struct SimulatedDiskRunTests {
  private struct Outcome {
    var result: SimulatedRunResult
    var rows: [ContentRow]
    var integrity: [String]
    var operations: [DiskOperation]
  }

  private static func play(
    _ cell: PlannedCell, schedule: UInt64, threads: ActorThreads,
    prepare: (Baton, SimulatedDisk) -> Void = { _, _ in }
  ) throws -> Outcome {
    let disk = SimulatedDisk(seed: Seed(schedule))
    SimulatedVFS.shared.register()
    SimulatedVFS.shared.disk = disk
    defer { SimulatedVFS.shared.disk = nil }
    let baton = BatonTests.baton(seed: schedule, threads: threads)
    let entry = try #require(WorkloadCatalog.entry(cell.load.workload))
    func open(_ process: SimulatedProcess) throws -> Database {
      try Database(
        DatabaseConfiguration(cell.storage, path: "/cell.db", vfs: VFSName.simulated),
        environment: process.environment)
    }
    let template = try open(SimulatedProcess(0, in: baton, seed: Seed(1)))
    _ = try KeyValueStore(template)
    _ = try LeaseLocks(template)
    try template.write { connection in try entry.setUp(&connection, cell) }
    template.close()
    disk.beginLog()
    disk.yieldPoint = baton
    baton.processDied = { disk.processDied($0) }
    prepare(baton, disk)
    var run = SimulatedRun(cell, programSeed: Seed(1), entry: entry, baton: baton)
    run.position = { UInt64(disk.log.operations.count) }
    let result = try run.run(open)
    for (number, database) in result.databases.enumerated() {
      baton.acting(for: number) { database.close() }
    }
    disk.endLog()
    disk.yieldPoint = nil
    var rows: [ContentRow] = []
    let observer = try open(SimulatedProcess(0, in: baton, seed: Seed(2)))
    let integrity = try observer.withConnection { connection in
      try entry.readContent(&connection) { rows.append($0) }
      return try connection.integrityCheck()
    }
    observer.close()
    return Outcome(
      result: result, rows: rows, integrity: integrity, operations: disk.log.operations)
  }

  private static let modes: [StorageSettings.JournalMode] = [.wal, .delete, .truncate]

  private static func cell(
    _ workload: LoadSettings.Workload, _ mode: StorageSettings.JournalMode,
    _ topology: StorageSettings.Topology = .pool
  ) -> PlannedCell {
    SimulatedWorld.cell(workload) { cell in
      cell.storage.journalMode = mode
      cell.storage.synchronous = .full
      cell.storage.busy = .sqlite
      cell.storage.topology = topology
    }
  }

  @Test("The same seed gives the same steps, events and disk operations, whatever the mode")
  func replay() async {
    await #expect(processExitsWith: .success) { try SimulatedDiskRunTests.checkReplay() }
  }

  private static func checkReplay() throws {
    let threads = ActorThreads()
    for workload in [LoadSettings.Workload.kv, .ledger, .locks] {
      for mode in Self.modes {
        for topology in StorageSettings.Topology.allCases {
          let cell = Self.cell(workload, mode, topology)
          let one = try Self.play(cell, schedule: 1, threads: threads)
          let again = try Self.play(cell, schedule: 1, threads: threads)
          let name = "\(workload), \(mode), \(topology)"
          #expect(one.result.report.ending == .finished, "\(name)")
          #expect(one.integrity == ["ok"], "\(name)")
          let isSame = [
            again.result.report == one.result.report, again.result.events == one.result.events,
            again.operations == one.operations, again.rows == one.rows,
          ]
          #expect(isSame == [true, true, true, true], "\(name)")
          let other = try Self.play(cell, schedule: 2, threads: threads)
          #expect(other.result.report.digest != one.result.report.digest, "\(name)")
        }
      }
    }
  }

  @Test("A process that dies inside SQLite leaves the database to the others")
  func killed() async {
    await #expect(processExitsWith: .success) { try SimulatedDiskRunTests.checkDeaths() }
  }

  private static func checkDeaths() throws {
    let threads = ActorThreads()
    var unanswered = 0
    for mode in Self.modes {
      for seed in 1...30 as ClosedRange<UInt64> {
        let cell = Self.cell(.ledger, mode)
        let outcome = try Self.play(cell, schedule: seed, threads: threads) { baton, _ in
          let start = baton.now()
          baton.add(name: "killer", process: 9) {
            try? baton.sleep(until: start + .microseconds(Int64(50 + seed * 37)))
            baton.kill(process: 1)
          }
        }
        let name = "\(mode), seed \(seed)"
        #expect(outcome.result.report.ending == .finished, "\(name)")
        #expect(outcome.integrity == ["ok"], "\(name)")
        let final = outcome.result.events.filter(\.event.isFinal)
        #expect(final.count { $0.event.actor.process == 0 } == 30, "\(name)")
        unanswered += outcome.result.events.count { $0.event.completed == nil }
      }
    }
    #expect(unanswered > 0, "some operation was under way at one of the deaths")
  }
}
