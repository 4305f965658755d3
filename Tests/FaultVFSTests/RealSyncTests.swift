import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

@Suite("Syncs that fail on real files")
struct RealSyncTests {
  private func prepare(_ bench: RealBench, mode: String) throws -> RealConnection {
    let connection = try bench.open()
    connection.execute("PRAGMA journal_mode=\(mode); PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA wal_autocheckpoint=0; CREATE TABLE t(a INTEGER PRIMARY KEY)")
    return connection
  }

  @Test("A failed sync that keeps the data loses nothing")
  func failureWithoutLoss() throws {
    let bench = try RealBench(.real(.fsyncError, .operation(1), file: .wal))
    let connection = try prepare(bench, mode: "WAL")
    connection.execute("INSERT INTO t VALUES(1), (2)")
    bench.arm()
    #expect(connection.run("PRAGMA wal_checkpoint") == SQLITE_IOERR | 4 << 8)
    connection.execute("PRAGMA wal_checkpoint")
    #expect(try bench.openPlainly().texts("SELECT count(*) FROM t") == ["2"])
  }

  @Test("A failed sync that drops dirty pages loses what was written since the last one")
  func failureWithLoss() throws {
    let bench = try RealBench(.real(.fsyncError, .operation(1), file: .wal, drops: true))
    let connection = try prepare(bench, mode: "WAL")
    connection.execute("INSERT INTO t VALUES(1)")
    // FULL: this commit is synced with everything before it.
    connection.execute("PRAGMA synchronous=FULL; INSERT INTO t VALUES(2)")
    let synced = try bench.folder.bytes("a.db-wal")
    connection.execute("PRAGMA synchronous=NORMAL; INSERT INTO t VALUES(3)")
    let isLonger = try bench.folder.bytes("a.db-wal") != synced
    #expect(isLonger)
    bench.arm()
    #expect(connection.run("PRAGMA wal_checkpoint") == SQLITE_IOERR | 4 << 8)
    let isAsSynced = try bench.folder.bytes("a.db-wal") == synced
    #expect(isAsSynced)
  }

  @Test("The second sync succeeds over lost data")
  func secondSync() throws {
    let bench = try RealBench(.real(.fsyncError, .operation(1), file: .database, drops: true))
    let connection = try prepare(bench, mode: "WAL")
    connection.execute("INSERT INTO t VALUES(1); PRAGMA wal_checkpoint")
    let synced = try bench.folder.bytes("a.db")
    connection.execute("INSERT INTO t VALUES(2)")
    bench.arm()
    #expect(connection.run("PRAGMA wal_checkpoint") == SQLITE_IOERR | 4 << 8)
    let isAsSynced = try bench.folder.bytes("a.db") == synced
    #expect(isAsSynced)
    #expect(bench.system.injections.count == 1)
    // SQLite writes everything again: it does not rely on a sync that failed.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let plain = try bench.openPlainly()
    #expect(plain.texts("SELECT count(*) FROM t") == ["2"])
  }

  @Test("A file that was cut after its last sync has its tail again")
  func truncateIsUndone() throws {
    let bench = try RealBench(.real(.fsyncError, .operation(1), file: .database, drops: true))
    let connection = try bench.open()
    // Without a journal nothing is rolled back, which would cut the file again.
    connection.execute("PRAGMA journal_mode=OFF; CREATE TABLE t(a)")
    connection.execute("INSERT INTO t VALUES(zeroblob(20000)); DELETE FROM t")
    let long = try bench.folder.bytes("a.db")
    // SQLite syncs first and truncates then. Source: pager.c, sqlite3PagerCommitPhaseTwo.
    connection.execute("VACUUM")
    let short = try bench.folder.bytes("a.db")
    #expect(short.count < long.count)
    bench.arm()
    #expect(connection.run("INSERT INTO t VALUES(1)") == SQLITE_IOERR | 4 << 8)
    let after = try bench.folder.bytes("a.db")
    let isAsBefore = after == short + long.dropFirst(short.count)
    #expect(isAsBefore, "\(after.count) bytes")
  }

  @Test("A sync that fails for ever fails every commit")
  func forEver() throws {
    let bench = try RealBench(.real(.fsyncError, .operation(1), lasting: .forever))
    let connection = try prepare(bench, mode: "DELETE")
    bench.arm()
    for number in 0..<3 {
      #expect(connection.run("INSERT INTO t VALUES(\(number))") == SQLITE_IOERR | 4 << 8)
    }
    bench.system.disarm()
    #expect(connection.texts("SELECT count(*) FROM t") == ["0"])
  }
}
