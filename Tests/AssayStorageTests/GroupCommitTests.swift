import AssayModel
import SQLiteDriver
import Synchronization
import Testing

@testable import AssayStorage

@Suite("Group commit on SQLite")
struct GroupCommitTests {
  /// A request, and the rows that must be there when it succeeded.
  struct Role: Sendable {
    var rows: [Int64]
    var body: @Sendable (inout Connection) throws -> Void
  }

  static let insert = SQL("INSERT INTO t(x) VALUES(?1)")

  static func good(_ row: Int64) -> Role {
    Role(rows: [row]) { try $0.run(insert, row) }
  }

  struct Outcome {
    var statistics: DatabaseStatistics
    var failures: [Int: StorageError]
    var rows: [Int64]
  }

  /// Runs every role as an actor of its own, all at once.
  private func run(
    _ roles: [Role], seed: UInt64, statements: Bool = false,
    setup: String = "CREATE TABLE t(x INTEGER PRIMARY KEY, y BLOB)",
    change: (inout DatabaseConfiguration) -> Void = { _ in }
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: seed)
    let database = try folder.open(
      .simulated(baton), topology: .groupCommit(readers: 1), change: change)
    try database.withConnection { try $0.execute(setup) }
    let failures = Mutex<[Int: StorageError]>([:])
    baton.run(
      roles.enumerated().map { index, role in
        (
          "r\(index)",
          {
            do {
              if statements {
                try database.writeStatement { connection in
                  try role.body(&connection)
                  baton.yield()
                }
              } else {
                try database.write { connection in
                  try role.body(&connection)
                  baton.yield()
                }
              }
            } catch {
              failures.withLock { $0[index] = StorageError(error) }
            }
          }
        )
      })
    #expect(baton.deadlock == nil)
    let rows = try database.read { try $0.all(SQL("SELECT x FROM t ORDER BY x")) { $0.int64(0) } }
    return Outcome(
      statistics: database.statistics, failures: failures.withLock { $0 }, rows: rows)
  }

  @Test("Writes that come together share a commit, whole transactions and single statements")
  func groups() throws {
    for statements in [false, true] {
      let outcome = try run((1...20).map { Self.good($0) }, seed: 1, statements: statements)
      #expect(outcome.failures.isEmpty)
      #expect(outcome.rows == Array(1...20))
      #expect(outcome.statistics.groupedRequests == 20)
      #expect(outcome.statistics.commits <= 10)
      #expect(outcome.statistics.largestGroup > 1)
    }
  }

  @Test("A constraint error undoes its own request only, and all of it")
  func constraint() throws {
    let offender = Role(rows: []) { connection in
      try connection.run(Self.insert, 100)
      try connection.run(Self.insert, 100)
    }
    for seed in 0..<10 as Range<UInt64> {
      let outcome = try run((1...6).map { Self.good($0) } + [offender], seed: seed)
      #expect(Array(outcome.failures.keys) == [6])
      #expect(outcome.failures[6]?.sqliteError?.isConstraint == true)
      #expect(outcome.rows == Array(1...6))
      #expect(outcome.statistics.groupReruns == 0)
    }
  }

  @Test("A full database takes the transaction with it; the others run again and succeed")
  func full() throws {
    let offender = Role(rows: []) { connection in
      _ = try connection.rows(
        text: "INSERT INTO t(x, y) VALUES(100, zeroblob(1000000))")
    }
    var reruns: UInt64 = 0
    for seed in 0..<10 as Range<UInt64> {
      let outcome = try run((1...6).map { Self.good($0) } + [offender], seed: seed) {
        $0.pragmas.append(Pragma("max_page_count", 50))
      }
      #expect(Array(outcome.failures.keys) == [6])
      #expect(outcome.failures[6]?.sqliteError?.code.primary == .full)
      #expect(outcome.rows == Array(1...6))
      reruns += outcome.statistics.groupReruns
    }
    #expect(reruns == 10)
  }

  @Test("An interrupted request takes the transaction with it; the others run again and succeed")
  func interrupted() throws {
    for seed in 0..<10 as Range<UInt64> {
      let offender = Role(rows: []) { connection in
        // Virtual time passes only here: the limit of this body is over when its query begins.
        try connection.options.time.sleep(for: .seconds(2))
        try connection.execute(
          """
          INSERT INTO t(x) WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n)
            SELECT i FROM n LIMIT 100000
          """)
      }
      let outcome = try run((1...6).map { Self.good($0) } + [offender], seed: seed) {
        $0.queryTimeout = .seconds(1)
      }
      #expect(Array(outcome.failures.keys) == [6])
      if case .queryTimedOut? = outcome.failures[6] {} else { Issue.record("another error") }
      #expect(outcome.rows == Array(1...6))
      #expect(outcome.statistics.groupReruns == 1)
    }
  }

  @Test("A request that rolls back by itself fails, and the others run again and succeed")
  func rollsBack() throws {
    let offender = Role(rows: []) { connection in
      try connection.run(Self.insert, 100)
      try connection.rollback()
    }
    let outcome = try run((1...6).map { Self.good($0) } + [offender], seed: 1)
    #expect(outcome.failures == [6: .sqlite(.transactionEnded)])
    #expect(outcome.rows == Array(1...6))
  }

  @Test("A deferred constraint that breaks at COMMIT fails only the request that broke it")
  func deferred() throws {
    let setup = """
      CREATE TABLE t(x INTEGER PRIMARY KEY, y BLOB);
      CREATE TABLE child(x REFERENCES t(x) DEFERRABLE INITIALLY DEFERRED)
      """
    let offender = Role(rows: []) { try $0.execute("INSERT INTO child VALUES(12345)") }
    for seed in 0..<10 as Range<UInt64> {
      let outcome = try run(
        (1...6).map { Self.good($0) } + [offender], seed: seed, setup: setup
      ) {
        $0.pragmas.append(Pragma("foreign_keys", "on"))
      }
      #expect(Array(outcome.failures.keys) == [6])
      #expect(outcome.failures[6]?.sqliteError?.isConstraint == true)
      #expect(outcome.failures[6]?.outcomeIsUnknown == false)
      #expect(outcome.rows == Array(1...6))
    }
  }

  @Test("A body may see its neighbours' rows, and runs again when one of them is taken away")
  func repeatable() throws {
    let runs = Atomic<Int>(0)
    let baton = Baton(seed: 1)
    let folder = try TemporaryFolder()
    let database = try folder.open(.simulated(baton), topology: .groupCommit(readers: 1)) {
      $0.pragmas.append(Pragma("max_page_count", 50))
    }
    try database.withConnection { try $0.execute("CREATE TABLE t(x INTEGER PRIMARY KEY, y BLOB)") }
    let count = Mutex<[Int]>([])
    baton.run([
      (
        "counter",
        {
          let value = try? database.write { connection -> Int in
            runs.add(1, ordering: .relaxed)
            // Lets the offender join this group.
            for _ in 0..<10 { baton.yield() }
            try connection.run(Self.insert, 1)
            return connection.changes
          }
          count.withLock { $0.append(value ?? -1) }
        }
      ),
      (
        "offender",
        {
          while runs.load(ordering: .relaxed) == 0 { baton.yield() }
          #expect(throws: StorageError.self) {
            try database.write {
              _ = try $0.rows(text: "INSERT INTO t(x, y) VALUES(2, zeroblob(1000000))")
            }
          }
        }
      ),
    ])
    #expect(runs.load(ordering: .relaxed) == 2)
    #expect(count.withLock { $0 } == [1])
  }

  @Test(
    "BUSY at BEGIN reaches the caller at its own deadline, and the configured patience otherwise")
  func busy() throws {
    let world = try WeaknessTests.World()
    try world.baton.runAlone {
      let database = try world.folder.open(world.process(1), topology: .groupCommit(readers: 1)) {
        $0.busy = .fair(timeout: .seconds(2))
      }
      try database.write { try $0.execute("CREATE TABLE t(x INTEGER PRIMARY KEY)") }
      try WeaknessTests.locked(world, for: .seconds(5)) {
        for (span, expected) in [(1, 1), (60, 2)] as [(Int64, Int64)] {
          let start = world.baton.monotonicNow()
          do {
            try database.write(deadline: start + .seconds(span)) { try $0.run(Self.insert, 1) }
            Issue.record("two writers at once")
          } catch let error as StorageError {
            #expect(error.isBusy)
            #expect(!error.outcomeIsUnknown)
          }
          let waited = world.baton.monotonicNow() - start
          #expect(waited >= .seconds(expected) && waited < .seconds(expected) + .milliseconds(2))
        }
      }
      try database.write { try $0.run(Self.insert, 1) }
    }
  }

  @Test("A COMMIT that SQLite refuses for a reader leaves nothing behind, in rollback mode")
  func busyCommit() throws {
    let folder = try TemporaryFolder()
    let baton = Baton(seed: 1)
    for topology in topologies {
      try baton.runAlone {
        let writer = try folder.open(.simulated(baton), topology: topology) {
          $0.pragmas = [Pragma("journal_mode", "delete")]
          $0.busy = .none
        }
        let reader = try folder.open(.simulated(baton)) {
          $0.pragmas = [Pragma("journal_mode", "delete")]
          $0.busy = .none
        }
        try writer.write {
          try $0.execute("DROP TABLE IF EXISTS t; CREATE TABLE t(x INTEGER PRIMARY KEY)")
        }
        try reader.read { connection in
          try connection.execute("BEGIN; SELECT * FROM t")
          _ = try connection.rows(text: "SELECT * FROM t")
          do {
            try writer.write { try $0.run(Self.insert, 1) }
            Issue.record("committed under a reader")
          } catch let error as StorageError {
            #expect(error.isBusy)
            #expect(!error.outcomeIsUnknown)
          }
        }
        try writer.write { try $0.run(Self.insert, 2) }
        let rows = try reader.read { try $0.all(SQL("SELECT x FROM t")) { $0.int64(0) } }
        #expect(rows == [2])
      }
    }
  }
}
