import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

extension SimulatedDiskTests {
  @Suite("Deaths on it")
  struct Deaths {
    @Test("What SQLite of a dead process writes to shared memory as it unwinds is taken back")
    func sharedMemory() {
      onDisk(SimulatedDisk()) { disk in
        let connection = RawConnection()
        connection.execute(
          "PRAGMA page_size=512; PRAGMA journal_mode=wal; PRAGMA cache_size=2; CREATE TABLE t(a)")
        // More pages than the cache holds: their frames are in the log, and in its index.
        connection.execute(
          """
          BEGIN IMMEDIATE;
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
          INSERT INTO t SELECT hex(randomblob(100)) FROM n
          """)
        let memories = disk.inodes.compactMap { $0?.sharedMemory }
        let before = memories.map(\.contents)
        #expect(before.count == 1)
        disk.processDied(0)
        connection.execute("ROLLBACK")
        let unwound = memories.map(\.contents) != before
        #expect(unwound, "the rollback removes frames from the index")
        disk.deadUnwound()
        let restored = memories.map(\.contents) == before
        #expect(restored)
        let other = RawConnection()
        #expect(other.value("SELECT count(*) FROM t") == "0")
        #expect(other.execute("INSERT INTO t VALUES(1)") == SQLITE_OK)
        #expect(other.value("PRAGMA integrity_check") == "ok")
      }
    }
  }
}
