import AssayModel
import AssayStorage
import SQLiteDriver
import Synchronization
import Testing

@testable import Runner

/// The storage engine under the baton, unchanged.
@Suite("Storage in the simulated world")
struct SimulatedStorageTests {
  private static let insert = SQL("INSERT INTO t(x) VALUES(?1)")

  /// Eight actors that insert rows through one engine, handing over the baton in the middle.
  private static func insertRows(
    seed: UInt64, change: (inout StorageSettings) -> Void
  ) throws -> (report: SimulationReport, statistics: DatabaseStatistics, failures: [String]) {
    let world = try SimulatedWorld(seed: seed)
    let database = try world.open(world.process(0), change: change)
    try database.withConnection { try $0.execute("CREATE TABLE t(x INTEGER PRIMARY KEY)") }
    let failures = Mutex<[String]>([])
    for number in 0..<8 {
      world.baton.add(name: "\(number)", process: 0) {
        for row in 0..<5 {
          do {
            try database.write { connection in
              try connection.run(insert, Int64(number * 100 + row))
              _ = world.baton.statementBoundary()
            }
          } catch {
            failures.withLock { $0.append("\(error)") }
          }
        }
      }
    }
    let report = world.baton.run()
    let rows = try database.read { connection in
      try connection.rows(text: "SELECT count(*) FROM t").description
    }
    #expect(rows.contains("40"), "\(rows), seed \(seed)")
    let statistics = database.statistics
    database.close()
    return (report, statistics, failures.withLock { $0 })
  }

  @Test("A pool with fewer connections than actors serves all of them to the end")
  func pool() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (report, statistics, failures) = try Self.insertRows(seed: seed) { storage in
        storage.maxOpenConnections = 2
      }
      #expect(report.ending == .finished, "seed \(seed)")
      #expect(failures == [], "seed \(seed)")
      #expect(statistics.waits > 0, "seed \(seed)")
      #expect(report.trace.contains { $0.kind == .park }, "seed \(seed)")
    }
  }

  @Test("A single writer behind its fair queue serves all of them too")
  func singleWriter() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (report, statistics, failures) = try Self.insertRows(seed: seed) { storage in
        storage.topology = .singleWriter
      }
      #expect(report.ending == .finished && failures == [], "seed \(seed)")
      #expect(statistics.waits > 0 && statistics.busyErrors == 0, "seed \(seed)")
    }
  }

  @Test("Group commit takes the requests of several actors into one transaction")
  func groupCommit() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (report, statistics, failures) = try Self.insertRows(seed: seed) { storage in
        storage.topology = .groupCommit
      }
      #expect(report.ending == .finished && failures == [], "seed \(seed)")
      #expect(statistics.groupedRequests == 40, "seed \(seed)")
      #expect(statistics.largestGroup > 1, "seed \(seed)")
    }
  }

  @Test("An actor that wants a second connection of a pool of one is a deadlock with its name")
  func nestedUseIsADeadlock() throws {
    let world = try SimulatedWorld(seed: 1)
    let database = try world.open(world.process(0)) { $0.maxOpenConnections = 1 }
    let failures = Mutex<[String]>([])
    for name in ["nested", "waiting"] {
      world.baton.add(name: name, process: 0) {
        do {
          try database.read { _ in
            try database.read { _ in }
          }
        } catch {
          failures.withLock { $0.append("\(StorageError(error) == .stopped)") }
        }
      }
    }
    let report = world.baton.run()
    guard case .deadlock(let waiting) = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(waiting.map(\.name) == ["nested", "waiting"])
    #expect(waiting.allSatisfy { $0.reason == .unpark(deadline: nil) })
    #expect(failures.withLock { $0 } == ["true", "true"])
  }

  @Test("A lease is renewed by a spawned actor for hours of virtual time")
  func leaseKeeper() throws {
    for seed in 1...10 as ClosedRange<UInt64> {
      let world = try SimulatedWorld(seed: seed)
      let process = world.process(0)
      let database = try world.open(process)
      let locks = try LeaseLocks(database, owner: .random, ttl: .seconds(30))
      let renewals = Mutex<Int>(0)
      let failures = Mutex<[String]>([])
      world.baton.add(name: "holder", process: 0) {
        do {
          try locks.withLock("certificate") { keeper in
            try process.environment.time.sleep(for: .seconds(3_600))
            try keeper.check()
            renewals.withLock { $0 = keeper.renewals }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      let report = world.baton.run()
      #expect(report.ending == .finished, "seed \(seed)")
      #expect(failures.withLock { $0 } == [], "seed \(seed)")
      // Every 10 s; the one at 3,600 s may come first or not.
      #expect((359...360).contains(renewals.withLock { $0 }), "seed \(seed)")
      #expect(report.elapsed < .seconds(3_601), "seed \(seed)")
    }
  }

  @Test("A process that dies leaves its lock to another one, which waits for the lease to expire")
  func deadHolder() throws {
    let world = try SimulatedWorld(seed: 3)
    let processes = [world.process(0), world.process(1)]
    let databases = try processes.map { try world.open($0) }
    let locks = try databases.map { database in
      try LeaseLocks(database, owner: .random, ttl: .seconds(30))
    }
    let baton = world.baton
    let taken = Mutex<Nanoseconds?>(nil)
    let start = baton.now()
    baton.add(name: "victim", process: 0) {
      try? locks[0].withLock("certificate") { _ in
        try processes[0].environment.time.sleep(for: .seconds(3_600))
      }
    }
    baton.add(name: "heir", process: 1) {
      try? processes[1].environment.time.sleep(for: .seconds(60))
      baton.kill(process: 0)
      guard let lease = try? locks[1].lock("certificate") else { return }
      taken.withLock { $0 = baton.now() - start }
      try? locks[1].unlock(lease)
    }
    #expect(baton.run().ending == .finished)
    let when = try #require(taken.withLock { $0 })
    #expect(when > .seconds(60) && when < .seconds(91))
  }
}
