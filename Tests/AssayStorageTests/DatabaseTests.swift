import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@testable import AssayStorage

@Suite("A database lends its connections")
struct DatabaseTests {
  private struct Planted: Error, Equatable {}

  private func count(_ database: Database) throws -> Int64 {
    try database.read { try $0.first(SQL("SELECT count(*) FROM t")) { $0.int64(0) } ?? -1 }
  }

  @Test("What write committed is there, what it threw in is not", arguments: topologies)
  func write(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    try database.write { try $0.execute("CREATE TABLE t(x INTEGER PRIMARY KEY)") }
    try database.write { try $0.execute("INSERT INTO t VALUES(1); INSERT INTO t VALUES(2)") }
    #expect(throws: Planted.self) {
      try database.write { connection in
        try connection.execute("INSERT INTO t VALUES(3)")
        throw Planted()
      }
    }
    let changed = try database.writeStatement { connection in
      try connection.run(SQL("INSERT INTO t VALUES(?1)"), 4)
      return connection.changes
    }
    #expect(changed == 1)
    #expect(try count(database) == 3)
    #expect(database.statistics.commits >= 2)
    #expect(database.statistics.busyErrors == 0)
  }

  @Test("A constraint error arrives as a storage error and undoes the body", arguments: topologies)
  func constraint(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    try database.write { try $0.execute("CREATE TABLE t(x INTEGER PRIMARY KEY)") }
    do {
      try database.write { try $0.execute("INSERT INTO t VALUES(1); INSERT INTO t VALUES(1)") }
      Issue.record("the second insert succeeded")
    } catch let error as StorageError {
      #expect(error.sqliteError?.isConstraint == true)
      #expect(!error.outcomeIsUnknown)
    }
    #expect(try count(database) == 0)
  }

  @Test("Readers of a single writer refuse to write", arguments: topologies.dropFirst())
  func readersRead(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    do {
      try database.read { try $0.execute("CREATE TABLE t(x)") }
      Issue.record("a reader wrote")
    } catch let error as StorageError {
      #expect(error.sqliteError?.code.primary == .readOnly)
    }
  }

  @Test("Memory is one database under every topology", arguments: topologies)
  func memory(topology: DatabaseConfiguration.Topology) throws {
    let configuration = DatabaseConfiguration(
      path: ":memory:", maxIdleConnections: 0, topology: topology)
    let database = try Database(configuration, environment: .real())
    try database.write { try $0.execute("CREATE TABLE t(x); INSERT INTO t VALUES(1)") }
    #expect(try count(database) == 1)
    try database.withConnection { try $0.execute("INSERT INTO t VALUES(2)") }
    #expect(try count(database) == 2)
    #expect(database.statistics.opened == 1)
  }

  @Test("More than one connection to memory, and settings out of range, are refused")
  func invalid() throws {
    func refused(_ change: (inout DatabaseConfiguration) -> Void) throws -> Bool {
      var configuration = DatabaseConfiguration(path: ":memory:")
      change(&configuration)
      do {
        _ = try Database(configuration, environment: .real())
        return false
      } catch StorageError.invalidConfiguration {
        return true
      }
    }
    #expect(try !refused { _ in })
    #expect(try refused { $0.maxOpenConnections = 2 })
    #expect(try refused { $0.maxOpenConnections = 0 })
    #expect(try refused { $0.maxIdleConnections = -1 })
    #expect(try refused { $0.path = "" })
    #expect(try refused { $0.topology = .singleWriter(readers: 0) })
    #expect(try refused { $0.acquireTimeout = Nanoseconds(-1) })
  }

  @Test("A pragma that memory cannot have is an error that says what SQLite answered")
  func walInMemory() throws {
    let configuration = DatabaseConfiguration(
      path: ":memory:", pragmas: [Pragma("journal_mode", "wal")])
    do {
      _ = try Database(configuration, environment: .real())
      Issue.record("memory took WAL")
    } catch StorageError.sqlite(let error) {
      #expect(
        error.operation
          == .settingNotTaken(pragma: "journal_mode", wanted: "wal", answered: "memory"))
    }
  }

  @Test("A body that ends its own transaction is told that it did", arguments: topologies)
  func endsTransaction(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    try database.write { try $0.execute("CREATE TABLE t(x)") }
    #expect(throws: StorageError.sqlite(.transactionEnded)) {
      try database.write { connection in
        try connection.execute("INSERT INTO t VALUES(1)")
        try connection.rollback()
      }
    }
    #expect(try count(database) == 0)
    try database.write { try $0.execute("INSERT INTO t VALUES(1)") }
    #expect(try count(database) == 1)
  }

  @Test("A transaction that a body leaves open is rolled back")
  func leftOpen() throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real())
    try database.write { try $0.execute("CREATE TABLE t(x)") }
    try database.withConnection { try $0.execute("BEGIN; INSERT INTO t VALUES(1)") }
    #expect(try count(database) == 0)
  }

  @Test(
    "A query past the query timeout ends, its write is undone, and others go on",
    arguments: topologies)
  func queryTimeout(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: 1)
    try baton.runAlone {
      let database = try folder.open(.simulated(baton), topology: topology) {
        $0.queryTimeout = .seconds(1)
      }
      try database.write { try $0.execute("CREATE TABLE t(x)") }
      do {
        try database.write { connection in
          // Virtual time passes only here: the limit is over when the query begins.
          try baton.sleep(for: .seconds(2))
          try connection.execute(
            """
            INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
              SELECT i FROM n LIMIT 100000
            """)
        }
        Issue.record("the query ended by itself")
      } catch StorageError.queryTimedOut(let error) {
        #expect(error.cutShort == .deadline)
      }
      try database.write { try $0.execute("INSERT INTO t VALUES(1)") }
      #expect(try count(database) == 1)
    }
  }

  @Test("The caller's deadline, not the configured timeouts, governs a wait for a lock")
  func deadline() throws {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: 1)
    let database = try folder.open(.simulated(baton)) { $0.maxOpenConnections = 2 }
    try baton.runAlone {
      try database.withConnection { connection in
        try connection.execute("CREATE TABLE t(x); BEGIN IMMEDIATE")
        let start = baton.monotonicNow()
        for span in [Nanoseconds.milliseconds(100), .seconds(2)] {
          let before = baton.monotonicNow()
          do {
            try database.write(deadline: before + span) { _ in }
            Issue.record("two writers at once")
          } catch let error as StorageError {
            #expect(error.isBusy)
          }
          #expect(baton.monotonicNow() - before == span)
        }
        #expect(baton.monotonicNow() - start < .seconds(5))
      }
    }
    #expect(database.statistics.busyErrors == 2)
  }

  @Test("A database that was closed turns everybody away", arguments: topologies)
  func closed(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    database.close()
    #expect(throws: StorageError.closed) { try database.read { _ in } }
    #expect(throws: StorageError.closed) { try database.write { _ in } }
    #expect(throws: StorageError.closed) { try database.withConnection { _ in } }
  }

  @Test("What connections did is known when they are closed", arguments: topologies)
  func work(topology: DatabaseConfiguration.Topology) throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real(), topology: topology)
    try database.write { try $0.execute("CREATE TABLE t(x); INSERT INTO t VALUES(1)") }
    #expect(try count(database) == 1)
    let open = database.statistics.work
    database.close()
    let closed = database.statistics.work
    #expect(open.virtualMachineSteps == 0 && closed.virtualMachineSteps > 10)
    #expect(closed.cacheHits > 0)
  }

  @Test("Every connection of a pool has every pragma")
  func pragmas() throws {
    let folder = try TemporaryFolder()
    let database = try folder.open(.real()) {
      $0.maxOpenConnections = 3
      $0.pragmas.append(Pragma("cache_size", 123))
    }
    func nest(_ depth: Int) throws -> [String?] {
      try database.read { connection in
        let own = try connection.pragma("cache_size")
        return depth == 1 ? [own] : [own] + (try nest(depth - 1))
      }
    }
    #expect(try nest(3) == ["123", "123", "123"])
    #expect(database.statistics.opened == 3)
  }

  /// Six actors write five rows each; returns the order of their writes.
  private func contend(
    _ topology: DatabaseConfiguration.Topology, seed: UInt64
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: seed)
    let database = try baton.runAlone {
      let database = try folder.open(.simulated(baton), topology: topology) {
        $0.maxOpenConnections = 4
        $0.busy = .fair(timeout: .seconds(60))
      }
      try database.write { try $0.execute("CREATE TABLE t(x)") }
      return database
    }
    let roles = (0..<6).map { index -> Baton.Role in
      (
        "a\(index)",
        {
          #expect(throws: Never.self) {
            for _ in 0..<5 {
              try database.write { connection in
                try connection.run(SQL("INSERT INTO t VALUES(?1)"), index)
                baton.yield()
                baton.note("\(index)")
              }
            }
          }
        }
      )
    }
    baton.run(roles)
    #expect(baton.deadlock == nil)
    #expect(try baton.runAlone { try count(database) } == 30)
    return baton.trace
  }

  @Test(
    "Actors that write at once all succeed, and the same seed repeats their order",
    arguments: topologies)
  func contention(topology: DatabaseConfiguration.Topology) throws {
    let orders = try (0..<5).map { try contend(topology, seed: $0) }
    #expect(try (0..<5).map { try contend(topology, seed: $0) } == orders)
    #expect(Set(orders).count > 2)
  }
}
