import AssayModel
import Foundation
import SQLiteDriver
import Testing

@Suite("Copies of a database in use")
struct CopyingTests {
  private static let rows = 300

  private func source(_ folder: TemporaryFolder, _ pragmas: [Pragma] = wal) throws -> Connection {
    var connection = try Connection(options(folder.path("a.db"), pragmas))
    try connection.execute(
      """
      CREATE TABLE IF NOT EXISTS t(a);
      WITH r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < \(Self.rows))
      INSERT INTO t SELECT zeroblob(500) FROM r;
      """)
    return connection
  }

  private func count(_ connection: inout Connection) throws -> Int64 {
    try connection.number("SELECT count(*) FROM t")
  }

  @Test("A backup holds what was committed, and nothing of a transaction under way elsewhere")
  func backup() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder)
    var writer = try Connection(options(folder.path("a.db")))
    try writer.begin(.immediate)
    try writer.execute("DELETE FROM t")
    var target = try Connection(options(folder.path("b.db")))
    try target.execute("CREATE TABLE lost(a)")
    let progress = try connection.backUp(into: &target)
    let pages = try connection.number("PRAGMA page_count")
    #expect(progress == BackupProgress(pages: Int(pages), remaining: 0))
    #expect(try count(&target) == Int64(Self.rows))
    #expect(try target.integrityCheck() == ["ok"])
    #expect(try target.number("SELECT count(*) FROM sqlite_schema WHERE name = 'lost'") == 0)
    try writer.rollback()
  }

  @Test("In steps a backup says how far it is, and begins anew when somebody writes in between")
  func steps() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder)
    var writer = try Connection(options(folder.path("a.db")))
    var target = try Connection(options(folder.path("b.db")))
    var seen: [BackupProgress] = []
    let progress = try connection.backUp(into: &target, pagesPerStep: 10) {
      (step) throws(SQLiteError) in
      seen.append(step)
      if seen.count == 3 { try writer.execute("INSERT INTO t VALUES (1)") }
    }
    #expect(progress.remaining == 0)
    #expect(seen.first?.remaining == (seen.first?.pages ?? 0) - 10)
    // Ten pages a step; the three steps before the write count for nothing.
    #expect(seen.count + 1 == 3 + (progress.pages + 9) / 10, "\(seen.count) of \(progress)")
    #expect(try count(&target) == Int64(Self.rows) + 1)
  }

  @Test("A source that somebody else has locked is BUSY, and the target stays what it was")
  func busy() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder, [])
    var writer = try Connection(options(folder.path("a.db")))
    try writer.begin(.exclusive)
    var target = try Connection(options(folder.path("b.db")))
    try target.execute("CREATE TABLE kept(a)")
    let error = failure { () throws(SQLiteError) in try connection.backUp(into: &target) }
    #expect(error?.code.primary == .busy)
    #expect(error?.operation == .backup)
    #expect(error?.description.contains("in a backup") == true)
    try writer.rollback()
    #expect(try target.number("SELECT count(*) FROM kept") == 0)
    try connection.backUp(into: &target)
    #expect(try count(&target) == Int64(Self.rows))
  }

  @Test("What a step throws ends the backup, and the target stays what it was")
  func stopped() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder)
    var target = try Connection(options(folder.path("b.db")))
    try target.execute("CREATE TABLE kept(a)")
    let wanted = SQLiteError(code: .interrupt, message: "enough", operation: .step)
    let error = failure { () throws(SQLiteError) in
      try connection.backUp(into: &target, pagesPerStep: 1) { (_) throws(SQLiteError) in
        throw wanted
      }
    }
    #expect(error == wanted)
    #expect(try target.number("SELECT count(*) FROM kept") == 0)
    try target.close()
    try connection.close()
  }

  @Test("A target inside a transaction is refused, with what SQLite says of it")
  func targetInUse() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder)
    var target = try Connection(options(folder.path("b.db")))
    try target.begin(.immediate)
    let error = failure { () throws(SQLiteError) in try connection.backUp(into: &target) }
    #expect(error?.operation == .backup)
    #expect(error?.message.isEmpty == false)
    try target.rollback()
  }

  @Test("VACUUM INTO holds what was committed, without free pages, at any path")
  func vacuumInto() throws {
    let folder = try TemporaryFolder()
    var connection = try source(folder)
    try connection.execute("DELETE FROM t WHERE rowid > 100")
    var writer = try Connection(options(folder.path("a.db")))
    try writer.begin(.immediate)
    try writer.execute("DELETE FROM t")
    let path = folder.path("it's a copy.db")
    try connection.vacuum(into: path)
    var copy = try Connection(options(path))
    #expect(try count(&copy) == 100)
    #expect(try copy.number("PRAGMA freelist_count") == 0)
    #expect(try copy.integrityCheck() == ["ok"])
    let again = failure { () throws(SQLiteError) in try connection.vacuum(into: path) }
    #expect(again?.code.primary == .error)
    try writer.rollback()
  }
}
