import AssayModel
import Platform
import SQLiteDriver
import Testing

@testable import Runner

/// Files of real transactions that stand still because nobody goes on with them.
@Suite("What tampering sees in the files of a database")
struct TamperFilesTests {
  private let folder: DoctorFolder
  private var files: DatabaseFiles { DatabaseFiles(path: folder.file("test.db")) }

  init() throws { folder = try DoctorFolder() }

  /// A database with 60 rows on pages of their own.
  private func open(_ mode: String, _ further: [Pragma] = []) throws -> Connection {
    let pragmas = [Pragma("page_size", 1024), Pragma("journal_mode", mode)]
    var connection = try folder.open("test.db", pragmas + further)
    try connection.execute(
      """
      CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, filler BLOB);
      WITH r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 60)
      INSERT INTO t SELECT i, 0, zeroblob(900) FROM r;
      """)
    return connection
  }

  private static let smallCache = [Pragma("cache_size", 10)]

  @Test(
    "A transaction whose pages were written early stands half in the database",
    arguments: ["delete", "truncate", "persist"], ["off", "full"])
  func half(mode: String, synchronous: String) throws {
    var connection = try open(mode, Self.smallCache + [Pragma("synchronous", synchronous)])
    #expect(try files.halfTransaction() == nil, "nothing is under way")
    try connection.execute("BEGIN; UPDATE t SET n = 1 WHERE id <= 14")
    let half = try #require(try files.halfTransaction())
    #expect(half.written > 0)
    #expect(half.written < half.of)
    #expect((13...16).contains(half.of), "\(half)")
    try connection.execute("COMMIT")
    #expect(try files.halfTransaction() == nil, "it is over")
  }

  @Test("A transaction that is still in its cache does not stand in the database")
  func inCache() throws {
    var connection = try open("delete")
    try connection.execute("BEGIN; UPDATE t SET n = 1")
    #expect(try files.halfTransaction() == nil)
    try connection.execute("ROLLBACK")
  }

  @Test("A journal in two parts, synchronised between them, is read to its end")
  func parts() throws {
    var connection = try open("delete", Self.smallCache + [Pragma("synchronous", "full")])
    try connection.execute("BEGIN; UPDATE t SET n = 1")
    let bytes = try #require(try files.journalBytes())
    let journal = try #require(RollbackJournal(bytes))
    // Each write of pages before the commit syncs the journal and begins a new part.
    #expect((50...62).contains(journal.pages.count), "\(journal.pages.count)")
    #expect(Set(journal.pages.map(\.number)).count == journal.pages.count)
    #expect(journal.pageSize == 1024)
    try connection.execute("ROLLBACK")
  }

  @Test("What is no hot journal is none", arguments: [0, 8, 27, 28, 511, 512])
  func cold(length: Int) throws {
    #expect(RollbackJournal([UInt8](repeating: 0, count: length)) == nil)
    var connection = try open("delete", Self.smallCache)
    try connection.execute("BEGIN; UPDATE t SET n = 1")
    let bytes = try #require(try files.journalBytes())
    #expect(RollbackJournal(Array(bytes.prefix(length))) == nil)
    #expect(WriteAheadLog(bytes) == nil)
  }

  @Test("A page of a journal that was changed is not played back, nor what follows")
  func checksum() throws {
    var connection = try open("delete", Self.smallCache + [Pragma("synchronous", "off")])
    try connection.execute("BEGIN; UPDATE t SET n = 1 WHERE id <= 20")
    var bytes = try #require(try files.journalBytes())
    let third = try #require(RollbackJournal(bytes)?.pages[2].bytes)
    bytes[third.lowerBound + 1024 - 200] ^= 1
    #expect(RollbackJournal(bytes)?.pages.count == 2)
  }

  @Test("Commits in the log count until a checkpoint has written them, open transactions never")
  func commits() throws {
    var connection = try open("wal", [Pragma("wal_autocheckpoint", 0)])
    _ = try connection.rows(text: "PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(try files.unwrittenCommits() == 0)
    for row in 1...3 { try connection.execute("UPDATE t SET n = 1 WHERE id = \(row)") }
    #expect(try files.unwrittenCommits() == 3)
    try connection.execute("BEGIN; UPDATE t SET n = 2 WHERE id = 1")
    #expect(try files.unwrittenCommits() == 3)
    try connection.execute("COMMIT")
    _ = try connection.rows(text: "PRAGMA wal_checkpoint(PASSIVE)")
    #expect(try files.unwrittenCommits() == 0)
    // The log begins anew over its old frames.
    try connection.execute("UPDATE t SET n = 3 WHERE id = 1")
    #expect(try files.unwrittenCommits() == 1)
  }

  @Test("A commit whose last page is not whole is none, and neither are its pages")
  func tornCommit() throws {
    var connection = try open("wal", [Pragma("wal_autocheckpoint", 0)])
    _ = try connection.rows(text: "PRAGMA wal_checkpoint(TRUNCATE)")
    for row in [1, 60] { try connection.execute("UPDATE t SET n = 1 WHERE id = \(row)") }
    var bytes = try #require(try files.logBytes())
    let whole = try #require(WriteAheadLog(bytes))
    #expect(whole.commits.count == 2)
    #expect(try files.pagesChanged(byLog: bytes) == 2)
    bytes[bytes.count - 1] ^= 1
    let torn = try #require(WriteAheadLog(bytes))
    #expect(torn.commits == Array(whole.commits.prefix(1)))
    #expect(try files.pagesChanged(byLog: bytes) == 1)
  }

  @Test("Shared memory is zeroed as long as it is and keeps its length")
  func zero() throws {
    let connection = try open("wal")
    let before = try ByteFile.size(of: files.sharedMemoryPath)
    #expect(try Int64(files.zeroSharedMemory()) == before)
    let bytes = try ByteFile.read(files.sharedMemoryPath, limit: 1 << 20)
    #expect(Int64(bytes.count) == before)
    #expect(bytes.allSatisfy { $0 == 0 })
    try connection.close()
  }
}
