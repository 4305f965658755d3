import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

extension SimulatedDiskTests {
  @Suite("Its mapped files")
  struct Mappings {
    private static let fill =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
      + "INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n"

    @Test("PRAGMA mmap_size is taken up to SQLite's own limit, and answered")
    func answers() {
      onDisk(SimulatedDisk()) { _ in
        let connection = RawConnection()
        #expect(connection.value("PRAGMA mmap_size") == "0")
        #expect(connection.value("PRAGMA mmap_size=1048576") == "1048576")
        #expect(connection.value("PRAGMA mmap_size") == "1048576")
        #expect(connection.value("PRAGMA mmap_size=\(Int64.max)") == "2147418112")
        #expect(connection.value("PRAGMA mmap_size=0") == "0")
      }
    }

    @Test("A mapped table is read without a call of read", arguments: ["delete", "wal"])
    func readsNothing(mode: String) {
      onDisk(SimulatedDisk()) { disk in
        let writer = RawConnection()
        writer.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
        writer.execute(Self.fill)
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for size in [0, 1 << 20] {
          let reader = RawConnection()
          reader.execute("PRAGMA mmap_size=\(size); SELECT count(*) FROM sqlite_schema")
          disk.setFault(
            CallFault(.ioError, method: .read, file: .database, call: 8, isLasting: true))
          let answer = reader.value("SELECT count(*), sum(length(b)) FROM t")
          disk.setFault(nil)
          #expect(answer == (size == 0 ? "error 266" : "400|80000"), "\(mode), \(size)")
        }
      }
    }

    @Test("A connection that has mapped a file sees what others commit, also where it grows")
    func seesChanges() {
      for mode in ["delete", "wal"] {
        onDisk(SimulatedDisk()) { _ in
          let writer = RawConnection()
          writer.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
          writer.execute("INSERT INTO t VALUES(0, 'x'); PRAGMA wal_checkpoint(TRUNCATE)")
          let reader = RawConnection()
          reader.execute("PRAGMA mmap_size=1048576")
          #expect(reader.value("SELECT count(*) FROM t") == "1")
          #expect(writer.execute(Self.fill) == SQLITE_OK)
          writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
          #expect(reader.value("SELECT count(*) FROM t") == "401", "\(mode)")
          writer.execute("DELETE FROM t WHERE a > 3; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
          #expect(reader.value("SELECT count(*) FROM t") == "4", "\(mode)")
          #expect(reader.value("PRAGMA integrity_check") == "ok", "\(mode)")
        }
      }
    }

    @Test("A page stays valid, and shows later changes, while its file outgrows its memory")
    func outgrown() {
      let inode = SimulatedInode(number: 0, kind: .database)
      func write(_ byte: UInt8, at offset: Int, count: Int = 1) {
        unsafe Array(repeating: byte, count: count).withUnsafeBytes { bytes in
          guard let address = bytes.baseAddress else { return }
          unsafe inode.write(address, count: count, at: offset)
        }
      }
      func byte(_ page: UnsafeMutableRawPointer, _ place: Int) -> UInt8 {
        unsafe page.load(fromByteOffset: place, as: UInt8.self)
      }
      write(1, at: 0, count: 4_096)
      let page = unsafe inode.lend(at: 1_024)
      write(2, at: 4_096, count: 100_000)
      write(3, at: 1_030)
      #expect(unsafe byte(page, 5) == 1)
      #expect(unsafe byte(page, 6) == 3)
      inode.truncate(to: 1_028)
      #expect(unsafe byte(page, 3) == 1)
      #expect(unsafe byte(page, 6) == 0)
      inode.takeBack()
    }
  }
}
