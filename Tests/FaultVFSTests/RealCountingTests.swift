import AssayModel
import CSQLite
import Testing

@testable import FaultVFS

@Suite("Counting on real files")
struct RealCountingTests {
  @Test(
    "A commit of one row in rollback mode syncs journal and database as SQLite's pager does",
    arguments: [("full", UInt64(2)), ("normal", 1), ("off", 0)])
  func rollbackCommit(synchronous: String, journalSyncs: UInt64) throws {
    let bench = try RealBench()
    let connection = try bench.open()
    connection.execute("PRAGMA journal_mode=DELETE; PRAGMA synchronous=\(synchronous);")
    connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES(1, 2)")
    let before = bench.system.counts
    for _ in 0..<5 { connection.execute("UPDATE t SET b = b + 1") }
    let counts = bench.system.counts.since(before)
    // Full: the journal's pages, then its header with their number. Source: pager.c, syncJournal.
    #expect(counts.figures(.sync, .journal).calls == 5 * journalSyncs)
    #expect(counts.figures(.sync, .database).calls == (journalSyncs == 0 ? 0 : 5))
    #expect(counts.figures(.open, .journal).calls == 5)
    #expect(counts.figures(.delete, .journal).calls == 5)
    // The changed page and the one with the change counter.
    #expect(counts.figures(.write, .database) == figures(calls: 10, bytes: 10 * 4_096))
    // SHARED, RESERVED and EXCLUSIVE for each.
    #expect(counts.figures(.lock, .database).calls == 15)
    #expect(counts.figures(.write, .wal).calls == 0)
    #expect(counts.figures(.sync, .wal).nanoseconds == 0)
  }

  private func figures(calls: UInt64, bytes: UInt64) -> VFSCounts.Figures {
    VFSCounts.Figures(calls: calls, bytes: bytes, nanoseconds: 0)
  }

  @Test("A commit in WAL mode writes one frame for each page, and syncs only when told to")
  func walCommit() throws {
    let bench = try RealBench()
    let connection = try bench.open()
    connection.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
    connection.execute("INSERT INTO t VALUES(1, 2)")
    for (synchronous, syncs) in [("normal", UInt64(0)), ("full", 4)] {
      connection.execute("PRAGMA synchronous=\(synchronous)")
      let before = bench.system.counts
      for _ in 0..<4 { connection.execute("UPDATE t SET b = b + 1") }
      let counts = bench.system.counts.since(before)
      #expect(counts.figures(.sync, .wal).calls == syncs, "\(synchronous)")
      #expect(counts.figures(.write, .wal).bytes == 4 * (24 + 4_096), "\(synchronous)")
      #expect(counts.figures(.write, .database).calls == 0, "\(synchronous)")
      #expect(counts.figures(.sharedMemoryLock, .database).calls > 0, "\(synchronous)")
    }
  }

  @Test("The same statements leave the same bytes with and without the layer")
  func sameBytes() throws {
    let bench = try RealBench()
    for mode in ["DELETE", "WAL"] {
      let files = ["own-\(mode).db", "plain-\(mode).db"]
      for file in files {
        let connection =
          file == files[0] ? try bench.open(file) : try bench.openPlainly(file)
        connection.execute("PRAGMA journal_mode=\(mode); CREATE TABLE t(a, b)")
        for number in 0..<50 {
          connection.execute("INSERT INTO t VALUES(\(number), hex(zeroblob(300)))")
        }
        connection.execute("DELETE FROM t WHERE a % 3 = 0; VACUUM")
        #expect(connection.texts("PRAGMA integrity_check") == ["ok"])
      }
      // The last connection has put the log into the database and deleted it.
      let areEqual = try bench.folder.bytes(files[0]) == bench.folder.bytes(files[1])
      #expect(areEqual, "\(mode)")
    }
  }

  @Test("Two connections, one of them plain, share a log and its locks")
  func sharedLog() throws {
    let bench = try RealBench()
    let first = try bench.open()
    let second = try bench.openPlainly()
    first.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(a)")
    for number in 0..<20 {
      (number % 2 == 0 ? first : second).execute("INSERT INTO t VALUES(\(number))")
    }
    first.execute("BEGIN IMMEDIATE")
    #expect(second.run("BEGIN IMMEDIATE") == SQLITE_BUSY)
    first.execute("COMMIT")
    for connection in [first, second] {
      #expect(connection.texts("SELECT count(*) FROM t") == ["20"])
      #expect(connection.texts("PRAGMA integrity_check") == ["ok"])
      #expect(connection.run("PRAGMA wal_checkpoint(TRUNCATE)") == SQLITE_OK)
    }
  }

  @Test("A memory map is passed on")
  func memoryMap() throws {
    let bench = try RealBench()
    let connection = try bench.open()
    connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(100000))")
    #expect(connection.texts("PRAGMA mmap_size=1000000") == ["1000000"])
    let before = bench.system.counts
    connection.execute("PRAGMA cache_size=1; PRAGMA shrink_memory")
    #expect(connection.texts("SELECT length(a) FROM t") == ["100000"])
    #expect(connection.texts("PRAGMA integrity_check") == ["ok"])
    let counts = bench.system.counts.since(before)
    #expect(counts.figures(.fetch, .database).calls > 0)
    #expect(counts.figures(.unfetch, .database).calls > 0)
  }

  @Test("What a closed file counted is kept, and every file is closed")
  func closedFilesCount() throws {
    let bench = try RealBench()
    do {
      let connection = try bench.open()
      connection.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(a)")
    }
    let counts = bench.system.counts
    for kind in [FileKind.database, .wal] {
      let opened = counts.figures(.open, kind).calls
      #expect(opened > 0)
      #expect(counts.figures(.close, kind).calls == opened)
    }
    #expect(bench.system.connectionCounts.isEmpty)
    #expect(counts.named["vfs.write.wal.bytes"] == counts.figures(.write, .wal).bytes)
    #expect(counts.named["vfs.sync.super_journal.calls"] == nil)
  }

  @Test("Journal and log count for the connection that opened them")
  func connectionCounts() throws {
    let bench = try RealBench()
    let writer = try bench.open()
    writer.execute("PRAGMA journal_mode=WAL; CREATE TABLE t(a)")
    let reader = try bench.open()
    #expect(reader.texts("SELECT count(*) FROM t") == ["0"])
    writer.execute("INSERT INTO t VALUES(1)")
    let counts = bench.system.connectionCounts
    try #require(counts.count == 2)
    #expect(counts[0].figures(.write, .wal).calls > 0)
    #expect(counts[1].figures(.write, .wal).calls == 0)
    #expect(counts[1].figures(.open, .wal).calls == 1)
  }

  @Test("Super-journals and temporary files are told apart")
  func otherFiles() throws {
    let bench = try RealBench()
    let connection = try bench.open()
    connection.execute(
      "ATTACH '\(bench.folder.file("b.db"))' AS other; PRAGMA temp_store=FILE; "
        + "PRAGMA temp.cache_size=5; CREATE TABLE t(a); CREATE TABLE other.t(a); "
        + "CREATE TEMP TABLE big(a)")
    connection.execute("BEGIN; INSERT INTO t VALUES(1); INSERT INTO other.t VALUES(1); COMMIT")
    connection.execute(
      "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
        + "INSERT INTO big SELECT hex(zeroblob(500)) FROM n")
    let counts = bench.system.counts
    #expect(counts.figures(.write, .superJournal).calls > 0)
    #expect(counts.figures(.delete, .superJournal).calls == 1)
    #expect(counts.figures(.write, .temporary).bytes > 100_000)
  }

  @Test("Only a layer that measures time knows what the time went to")
  func times() throws {
    for measures in [false, true] {
      var settings = RealFileSystemSettings()
      settings.measuresTime = measures
      let bench = try RealBench(settings)
      let connection = try bench.open()
      connection.execute("CREATE TABLE t(a)")
      #expect(
        VFSCounts.Purpose.allCases.allSatisfy { purpose in
          bench.system.counts.measuredNanoseconds(purpose) == 0
        })
      bench.arm()
      let before = bench.system.counts
      connection.execute("INSERT INTO t VALUES(1)")
      let counts = bench.system.counts.since(before)
      for purpose in VFSCounts.Purpose.allCases {
        #expect((counts.measuredNanoseconds(purpose) > 0) == measures, "\(purpose)")
      }
      #expect(
        counts.measuredNanoseconds(.syncing)
          == counts.figures(.sync, .database).nanoseconds
          + counts.figures(.sync, .journal).nanoseconds)
    }
  }

  @Test("Names are registered once and can be given back")
  func names() throws {
    let bench = try RealBench()
    #expect(throws: RealFileSystemError.self) {
      _ = try RealFileSystem(RealFileSystemSettings(), name: bench.name)
    }
    bench.system.unregister()
    let again = try RealFileSystem(RealFileSystemSettings(), name: bench.name)
    again.unregister()
  }

  @Test("A method is as slow as the disk's settings say")
  func latency() throws {
    var settings = RealFileSystemSettings()
    settings.measuresTime = true
    settings.latencies = [.init(method: .sync, span: .milliseconds(2))]
    let bench = try RealBench(settings)
    let connection = try bench.open()
    connection.execute("CREATE TABLE t(a)")
    let counts = bench.system.counts
    let syncs = [FileKind.database, .journal].map { counts.figures(.sync, $0) }
    for figures in syncs { #expect(figures.nanoseconds >= figures.calls * 2_000_000) }
    #expect(syncs.reduce(0) { $0 + $1.calls } >= 3)
  }
}
