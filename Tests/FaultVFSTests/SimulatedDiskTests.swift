import AssayModel
import CSQLite
import FaultVFS
import Testing

/// Everything that uses the process's one simulated disk runs one after the other.
@Suite("The simulated disk", .serialized)
struct SimulatedDiskTests {
  @Suite("SQLite on it")
  struct Basics {
    @Test(
      "A database keeps its rows over close and open, in every journal mode",
      arguments: ["delete", "truncate", "persist", "memory", "wal", "off"])
    func keepsRows(mode: String) {
      onDisk(SimulatedDisk()) { disk in
        let first = RawConnection()
        #expect(first.value("PRAGMA journal_mode=\(mode)") == mode)
        first.execute(
          "CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1,'x'),(2,'y')")
        withExtendedLifetime(first) {}
        let second = RawConnection()
        #expect(second.rows("SELECT * FROM t") == ["1|x", "2|y"])
        #expect(second.value("PRAGMA integrity_check") == "ok")
        #expect(disk.openFileCount > 0)
      }
    }

    @Test("Two connections see each other's commits and exclude each other's writes")
    func twoConnections() {
      for mode in ["delete", "wal"] {
        onDisk(SimulatedDisk()) { _ in
          let one = RawConnection()
          let two = RawConnection()
          one.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a)")
          one.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES(1)")
          #expect(two.execute("BEGIN IMMEDIATE") == SQLITE_BUSY)
          #expect(two.value("SELECT count(*) FROM t") == "0")
          #expect(one.execute("COMMIT") == SQLITE_OK)
          #expect(two.value("SELECT count(*) FROM t") == "1")
        }
      }
    }

    @Test("No file stays open after the last connection has closed")
    func nothingLeaks() {
      onDisk(SimulatedDisk()) { disk in
        do {
          let connection = RawConnection()
          connection.execute("PRAGMA journal_mode=wal; CREATE TABLE t(a); INSERT INTO t VALUES(1)")
        }
        #expect(disk.openFileCount == 0)
      }
    }
  }

  @Suite("Its log")
  struct Log {
    private func run(_ mode: String, seed: UInt64) -> SimulatedDisk {
      let disk = SimulatedDisk(seed: Seed(seed))
      onDisk(disk) { disk in
        let connection = RawConnection()
        connection.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a, b)")
        disk.beginLog()
        for number in 1...5 {
          connection.execute("INSERT INTO t VALUES(\(number), zeroblob(600))")
        }
        disk.endLog()
      }
      return disk
    }

    @Test("The same program and seed write the same bytes in the same order")
    func isDeterministic() {
      for mode in ["delete", "wal"] {
        #expect(run(mode, seed: 3).log.digest == run(mode, seed: 3).log.digest)
      }
    }

    @Test("Another statement changes the digest of the log")
    func digestSeesContent() {
      #expect(run("delete", seed: 3).log.digest != run("wal", seed: 3).log.digest)
    }

    @Test("Each committed transaction is numbered from its lock to the end of it")
    func transactionsAreNumbered() {
      for mode in ["delete", "wal"] {
        let operations = run(mode, seed: 1).log.operations
        let begun = operations.filter { $0.kind == .transactionBegan }.map(\.offset)
        let ended = operations.filter { $0.kind == .transactionEnded }.map(\.offset)
        #expect(begun == [1, 2, 3, 4, 5])
        #expect(ended == begun)
      }
    }

    @Test("A new journal's first sync syncs the directory as well")
    func journalSyncsDirectory() {
      let operations = run("delete", seed: 1).log.operations
      let journalSync = operations.firstIndex { $0.kind == .sync && $0.file == .journal }
      #expect(journalSync != nil)
      if let journalSync { #expect(operations[journalSync + 1].kind == .directorySync) }
    }
  }
}
