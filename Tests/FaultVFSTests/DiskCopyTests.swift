import FaultVFS
import Testing

extension SimulatedDiskTests {
  /// A connection that stays open on one disk must see what is copied to it from others.
  @Suite("Files that are copied from another one")
  struct DiskCopies {
    /// A disk with a table of so many rows, some of them only in the log or with a hot journal.
    private func disk(rows: Int, mode: String, isOpen: Bool = false) -> SimulatedDisk {
      let disk = SimulatedDisk()
      onDisk(disk) { _ in
        let connection = RawConnection()
        connection.execute(
          """
          PRAGMA journal_mode=\(mode); PRAGMA wal_autocheckpoint=0;
          CREATE TABLE t(a INTEGER PRIMARY KEY, b);
          WITH s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i<\(rows))
            INSERT INTO t SELECT i, randomblob(900) FROM s;
          """)
        if isOpen { connection.keepLogAtClose() }
      }
      return disk
    }

    private func count(_ disk: SimulatedDisk, _ connection: RawConnection) -> String {
      disk.clearSharedMemory()
      connection.releaseMemory()
      let sound = connection.value("PRAGMA integrity_check")
      return sound == "ok" ? connection.value("SELECT count(*), max(a) FROM t") : sound
    }

    @Test(
      "An open connection sees the content of each disk that is copied, whatever was there before",
      arguments: ["delete", "persist", "truncate", "wal"])
    func contents(mode: String) {
      let own = disk(rows: 3, mode: mode)
      SimulatedVFS.shared.disk = own
      defer { SimulatedVFS.shared.disk = nil }
      let connection = RawConnection()
      connection.keepLogAtClose()
      #expect(connection.value("SELECT count(*) FROM t") == "3")
      for (rows, isOpen) in [(40, true), (7, false), (60, true), (2, true), (5, false)] {
        let other = disk(rows: rows, mode: mode, isOpen: isOpen)
        own.copyFiles(from: other)
        SimulatedVFS.shared.disk = own
        #expect(count(own, connection) == "\(rows)|\(rows)", "\(mode), log kept: \(isOpen)")
      }
    }

    @Test("A hot journal that is copied is rolled back, and one that is not there is gone")
    func hotJournal() {
      let own = disk(rows: 3, mode: "delete")
      SimulatedVFS.shared.disk = own
      defer { SimulatedVFS.shared.disk = nil }
      let connection = RawConnection()
      let other = disk(rows: 9, mode: "delete")
      onDisk(other) { other in
        let writer = RawConnection()
        // Spills what is not committed, so that the database holds it and the journal undoes it.
        writer.execute("PRAGMA cache_size=2; BEGIN; DELETE FROM t WHERE a > 1; UPDATE t SET b=1;")
        writer.execute("INSERT INTO t SELECT 100 + a, randomblob(9000) FROM t")
        own.copyFiles(from: other)
      }
      SimulatedVFS.shared.disk = own
      #expect(own.fileNumber(at: "/test.db-journal") != nil)
      #expect(count(own, connection) == "9|9")
      own.copyFiles(from: disk(rows: 4, mode: "delete"))
      SimulatedVFS.shared.disk = own
      #expect(own.fileNumber(at: "/test.db-journal") == nil)
      #expect(count(own, connection) == "4|4")
    }
  }
}
