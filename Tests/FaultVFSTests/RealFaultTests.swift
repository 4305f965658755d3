import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

@Suite("Faults on real files")
struct RealFaultTests {
  /// A database with one row that everybody can read again.
  private func prepare(_ bench: RealBench, mode: String = "DELETE") throws -> RealConnection {
    let connection = try bench.open()
    connection.execute("PRAGMA journal_mode=\(mode); PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1, 1)")
    return connection
  }

  private static let methodsInACommit: [(VFSMethod, String, Int32)] = [
    (.write, "DELETE", 3), (.sync, "DELETE", 4), (.open, "DELETE", -1), (.delete, "DELETE", 10),
    (.lock, "DELETE", 15), (.fileSize, "DELETE", 7), (.access, "DELETE", 13),
    (.truncate, "TRUNCATE", 6), (.sharedMemoryLock, "WAL", 20), (.sync, "WAL", 4),
    (.write, "WAL", 3),
  ]

  @Test(
    "An I/O error is reported with the method's own code, and the next attempt succeeds",
    arguments: methodsInACommit)
  func ioErrors(method: VFSMethod, mode: String, code: Int32) throws {
    let bench = try RealBench(.real(.ioError, .operation(1), method: method))
    let connection = try prepare(bench, mode: mode)
    bench.arm()
    // DELETE is what ends the commit, and SQLite answers with its code too.
    #expect(
      connection.run("UPDATE t SET b = 2")
        == (code < 0 ? SQLITE_CANTOPEN : SQLITE_IOERR | code << 8))
    #expect(bench.system.injections.map(\.method) == [method])
    #expect(bench.system.injectionCounts == [0: 1])
    connection.execute("UPDATE t SET b = 3")
    let plain = try bench.openPlainly()
    #expect(plain.texts("SELECT b FROM t") == ["3"])
    #expect(plain.texts("PRAGMA integrity_check") == ["ok"])
  }

  @Test("A read that fails, and a mapping of shared memory that fails, are reported")
  func readAndMap() throws {
    let bench = try RealBench(
      .real(.ioError, .operation(1), method: .read),
      .real(.ioError, .operation(1), method: .sharedMemoryMap))
    _ = try prepare(bench, mode: "WAL")
    // The first connection is gone: the next one reads and maps anew.
    let connection = try bench.open()
    bench.arm()
    #expect(connection.run("SELECT * FROM t") == SQLITE_IOERR | 1 << 8)
    #expect(connection.run("SELECT * FROM t") == SQLITE_IOERR | 21 << 8)
    #expect(connection.texts("SELECT b FROM t") == ["1"])
  }

  @Test("An unlock that reports an error has let go: others can write")
  func unlock() throws {
    let bench = try RealBench(.real(.ioError, .operation(1), method: .unlock))
    let connection = try prepare(bench)
    bench.arm()
    connection.run("UPDATE t SET b = 2")
    #expect(bench.system.injections.count == 1)
    let plain = try bench.openPlainly()
    plain.execute("UPDATE t SET b = 4")
    #expect(connection.texts("SELECT b FROM t") == ["4"])
  }

  @Test("Nothing happens before faults are armed, nor after they are disarmed")
  func arming() throws {
    let bench = try RealBench(.real(.ioError, .operation(1), lasting: .forever))
    let connection = try prepare(bench)
    bench.arm()
    #expect(connection.run("UPDATE t SET b = 2") != SQLITE_OK)
    bench.system.disarm()
    connection.execute("UPDATE t SET b = 5")
    #expect(connection.texts("SELECT b FROM t") == ["5"])
    // What lasts is logged once and counted each time.
    #expect(bench.system.injections.map(\.isForever) == [true])
  }

  @Test("A fault of one kind of file leaves the others alone")
  func fileKinds() throws {
    let bench = try RealBench(
      .real(.ioError, .operation(1), method: .sync, file: .database, lasting: .forever))
    let connection = try prepare(bench)
    bench.arm()
    #expect(connection.run("UPDATE t SET b = 2") == SQLITE_IOERR | 4 << 8)
    #expect(Set(bench.system.injections.map(\.file)) == [.database])
  }

  @Test("A short read brings zeros for its second half")
  func shortRead() throws {
    let bench = try RealBench(.real(.shortRead, .operation(1), method: .read, file: .database))
    let plain = try bench.openPlainly()
    plain.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)")
    let connection = try bench.open()
    #expect(connection.texts("SELECT a FROM t") == ["1"])
    plain.execute("UPDATE t SET a = 2")
    bench.arm()
    // The file has changed: the connection reads its 16 bytes of version, of which 8 come, and so
    // reads everything anew.
    #expect(connection.texts("SELECT a FROM t") == ["2"])
    let injection = try #require(bench.system.injections.first)
    #expect(injection.method == .read)
    #expect(injection.offset == 24)
  }

  @Test("A disk that becomes full takes what fits, then nothing, and has room again later")
  func diskFull() throws {
    let span = Nanoseconds.milliseconds(20)
    let bench = try RealBench(
      .real(.diskFull, .afterBytes(ByteCount(20_000)), duration: span))
    let connection = try prepare(bench, mode: "WAL")
    bench.arm()
    let before = bench.system.counts
    var codes: [Int32] = []
    repeat {
      codes.append(connection.run("INSERT INTO t(b) VALUES(hex(zeroblob(1500)))"))
    } while codes.last == SQLITE_OK && codes.count < 20
    #expect(codes.last == SQLITE_FULL)
    #expect(codes.count > 1)
    #expect(bench.system.counts.since(before).figures(.write, .wal).bytes <= 20_000)
    let injection = try #require(bench.system.injections.first)
    let until = try #require(injection.until)
    #expect(until - injection.time == span)
    #expect(connection.run("INSERT INTO t(b) VALUES(hex(zeroblob(1500)))") == SQLITE_FULL)
    sleep(untilNanoseconds: until.nanoseconds + 1)
    connection.execute("UPDATE t SET b = 2 WHERE a = 1")
    let plain = try bench.openPlainly()
    #expect(plain.texts("SELECT count(*) FROM t") == ["\(codes.count)"])
    #expect(plain.texts("PRAGMA integrity_check") == ["ok"])
  }

  @Test("A disk without an end to its fullness stays full")
  func fullForEver() throws {
    let bench = try RealBench(.real(.diskFull, .afterBytes(ByteCount(10)), file: .wal))
    let connection = try prepare(bench, mode: "WAL")
    bench.arm()
    for _ in 0..<3 { #expect(connection.run("UPDATE t SET b = 2") == SQLITE_FULL) }
    #expect(bench.system.injections.map(\.isForever) == [true])
    #expect(connection.texts("SELECT b FROM t") == ["1"])
  }

  @Test("A bit that flips at a read is wrong in memory only")
  func flipAtRead() throws {
    let bench = try RealBench(.real(.bitFlip, .operation(1), method: .read, file: .database))
    _ = try prepare(bench)
    let before = try bench.folder.bytes("a.db")
    bench.arm()
    let connection = try bench.open()
    _ = connection.texts("SELECT b FROM t")
    #expect(bench.system.injections.count == 1)
    let isAsBefore = try bench.folder.bytes("a.db") == before
    #expect(isAsBefore)
  }

  @Test("A bit that flips at a write is wrong in the file: exactly one, where the record says")
  func flipAtRest() throws {
    let bench = try RealBench(
      .real(.bitFlip, .operation(1), method: .write, file: .database), seed: 7)
    let connection = try prepare(bench)
    let plain = try RealConnection(bench.folder.file("b.db"), vfs: nil)
    plain.execute("PRAGMA journal_mode=DELETE")
    plain.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1, 1)")
    bench.arm()
    connection.execute("UPDATE t SET b = 2")
    plain.execute("UPDATE t SET b = 2")
    let (own, sound) = try (bench.folder.bytes("a.db"), bench.folder.bytes("b.db"))
    let injection = try #require(bench.system.injections.first)
    let wrong = zip(own, sound).enumerated().filter { $0.element.0 != $0.element.1 }
    try #require(wrong.count == 1)
    #expect(wrong[0].offset == Int(injection.offset) + Int(injection.bit) / 8)
    #expect(wrong[0].element.0 ^ wrong[0].element.1 == 1 << UInt8(injection.bit % 8))
  }

  @Test("Locks that are silently granted let two writers in at once", arguments: ["DELETE", "WAL"])
  func silentLocks(mode: String) throws {
    let every = try #require(Probability(1))
    let bench = try RealBench(.real(.silentLock, .probability(every)))
    let connection = try prepare(bench, mode: mode)
    let plain = try bench.openPlainly()
    plain.execute("BEGIN IMMEDIATE")
    #expect(connection.run("BEGIN IMMEDIATE") == SQLITE_BUSY)
    bench.arm()
    connection.execute("BEGIN IMMEDIATE; ROLLBACK")
    bench.system.disarm()
    // What was never taken was never given back: the real locks are as they were.
    #expect(connection.run("BEGIN IMMEDIATE") == SQLITE_BUSY)
    plain.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    #expect(plain.run("BEGIN IMMEDIATE") == SQLITE_BUSY)
    connection.execute("COMMIT")
    plain.execute("BEGIN IMMEDIATE; COMMIT")
  }

  @Test("The same seed makes the same faults, another one others")
  func seeds() throws {
    func injections(seed: UInt64) throws -> [UInt64] {
      let likely = try #require(Probability(0.1))
      let bench = try RealBench(
        .real(.ioError, .probability(likely), method: .write, file: .wal), seed: seed)
      let connection = try prepare(bench, mode: "WAL")
      bench.arm()
      for _ in 0..<200 { connection.run("UPDATE t SET b = b + 1") }
      return bench.system.injections.map(\.operation)
    }
    let first = try injections(seed: 1)
    #expect(first.count > 10 && first.count < 80, "\(first.count)")
    #expect(try injections(seed: 1) == first)
    #expect(try injections(seed: 2) != first)
  }

  @Test("Injections outlast the process: each is in the log when it happens")
  func log() throws {
    let folder = try RealFolder()
    var settings = RealFileSystemSettings()
    settings.logPath = folder.file("faults")
    settings.faults = [
      .init(number: 3, fault: .real(.ioError, .operation(2), method: .sync, file: .journal))
    ]
    let bench = try RealBench(settings)
    let connection = try prepare(bench)
    bench.arm()
    #expect(connection.run("UPDATE t SET b = 2") == SQLITE_IOERR | 4 << 8)
    let bytes = try folder.bytes("faults")
    let faults = try #require(InjectedFault.decode(bytes))
    #expect(faults == bench.system.injections)
    #expect(faults.map(\.number) == [3])
    #expect(faults.map(\.operation) == [2])
    // A record that was cut is left out; bytes that are none are no log.
    #expect(InjectedFault.decode(Array(bytes.dropLast())) == [])
    #expect(InjectedFault.decode([UInt8](repeating: 1, count: bytes.count)) == nil)
  }
}
