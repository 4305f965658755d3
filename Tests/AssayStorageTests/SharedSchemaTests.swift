import AssayModel
import SQLiteDriver
import Testing

@testable import AssayStorage

@Suite("A database shared with certmagic-sqlite")
struct SharedSchemaTests {
  typealias World = WeaknessTests.World

  @Test("A database that it made opens with its rows, and it keeps working on ours")
  func adoption() throws {
    let world = try World()
    try world.baton.runAlone {
      let seed = try world.seed(1, owner: "theirs", ttl: .seconds(2))
      try seed.store("d/old", [1])
      try seed.lock("x")

      let store = try KeyValueStore(world.folder.open(world.process(2)))
      let locks = try world.locks(2)
      #expect(try store.load("d/old") == [1])
      let status = try locks.inspect("x")
      #expect(status?.ownerID == "theirs")
      #expect(status?.process == nil)
      #expect(status?.remaining == .seconds(2))
      #expect(try locks.tryLock("x") == nil)

      try store.store(key: "d/new", value: [2])
      #expect(try seed.list("d") == ["d/new", "d/old"])
      try seed.unlock("x")
      let lease = try locks.lock("x")
      #expect(try !seed.lockOnce("x"))
      try locks.unlock(lease)
      #expect(try seed.lockOnce("x"))
      try seed.unlock("x")
    }
  }

  @Test("Its takeover raises the token, clears what only we know, and ends our lease")
  func takeover() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let seed = try world.seed(2, owner: "theirs", ttl: .seconds(5))
      let lease = try locks.lock("x")
      try world.baton.sleep(for: .milliseconds(1_001))
      #expect(try seed.lockOnce("x"))

      let status = try locks.inspect("x")
      #expect(status?.token == lease.token + 1)
      #expect(status?.bootID == "")
      #expect(status?.acquisition == 0)
      #expect(status?.remaining == .seconds(5))
      #expect(throws: StorageError.leaseLost("x")) { try locks.renew(lease) }
      #expect(throws: StorageError.lockNotHeld("x")) { try locks.unlock(lease) }
      #expect(throws: StorageError.leaseLost("x")) {
        try locks.database.write { try locks.checkFencing(lease, in: &$0) }
      }
      let start = world.baton.monotonicNow()
      let next = try locks.lock("x")
      // Its times are whole milliseconds.
      let waited = world.baton.monotonicNow() - start
      #expect(waited >= .seconds(5) && waited < .milliseconds(5_001))
      #expect(next.token == lease.token + 2)
    }
  }

  @Test("A takeover by delete and insert, or by replacing the row, raises the token too")
  func replace() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let lease = try locks.lock("x")
      for (index, sql) in [
        "INSERT OR REPLACE INTO certmagic_locks(name, expires_at, owner_id) VALUES('x', 0, 'o')",
        """
        DELETE FROM certmagic_locks WHERE name = 'x';
        INSERT OR IGNORE INTO certmagic_locks(name, expires_at, owner_id) VALUES('x', 0, 'o')
        """,
        """
        INSERT INTO certmagic_locks(name, expires_at, owner_id) VALUES('x', 0, 'o')
        ON CONFLICT(name) DO UPDATE SET owner_id = 'p'
        """,
      ].enumerated() {
        try locks.database.withConnection { try $0.execute(sql) }
        #expect(try locks.inspect("x")?.token == lease.token + Int64(index) + 1, "\(sql)")
        #expect(try locks.inspect("x")?.acquisition == 0)
      }
    }
  }

  @Test("Triggers that fire triggers change nothing: the columns are cleared and tokens still grow")
  func recursive() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      let lease = try locks.lock("x")
      try locks.database.withConnection { connection in
        try connection.execute(
          "PRAGMA recursive_triggers = ON; UPDATE certmagic_locks SET owner_id = 'o'")
      }
      let status = try locks.inspect("x")
      #expect(status?.token == lease.token + 1)
      #expect(status?.acquisition == 0)
    }
  }

  @Test("A row of nonsense holds a lock for ten years at most and breaks nothing")
  func nonsense() throws {
    let world = try World()
    try world.baton.runAlone {
      let locks = try world.locks(1)
      try locks.database.withConnection { connection in
        try connection.execute(
          """
          INSERT INTO certmagic_locks(name, expires_at, owner_id)
          VALUES('late', 9223372036854775807, 'o'), ('early', -9223372036854775808, 'o')
          """)
      }
      #expect(try locks.tryLock("late") == nil)
      #expect(try locks.tryLock("early") != nil)
    }
  }

  @Test("Opening twice changes nothing, and needs no write lock")
  func twice() throws {
    let world = try World()
    try world.baton.runAlone {
      let database = try world.folder.open(world.process(1)) { $0.maxOpenConnections = 2 }
      _ = try LeaseLocks(database)
      _ = try KeyValueStore(database)
      try database.withConnection { connection in
        try connection.begin(.immediate)
        _ = try LeaseLocks(database)
        _ = try KeyValueStore(database)
      }
    }
  }
}
