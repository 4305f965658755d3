import AssayModel
import SQLiteDriver
import Testing

@Suite("Checks, counters and the library")
struct InspectionTests {
  @Test("A sound database answers ok, an overwritten page does not")
  func integrity() throws {
    let folder = try TemporaryFolder()
    var connection = try Connection(options(folder.path("a.db"), [Pragma("page_size", 1024)]))
    try connection.execute(
      """
      CREATE TABLE t(a); CREATE INDEX i ON t(a);
      WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000)
      INSERT INTO t SELECT 'value ' || x FROM n;
      """)
    #expect(try connection.integrityCheck() == ["ok"])
    #expect(try connection.quickCheck() == ["ok"])
    #expect(try connection.foreignKeyCheck().isEmpty)
    try connection.execute(
      """
      PRAGMA writable_schema = on;
      UPDATE sqlite_schema SET rootpage = 3 WHERE name = 't';
      UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'i';
      """)
    try connection.close()
    var damaged = try Connection(options(folder.path("a.db")))
    let rows = (try? damaged.integrityCheck(limit: 3)) ?? ["CORRUPT"]
    #expect(rows != ["ok"])
    let error = failure { () throws(SQLiteError) in
      _ = try damaged.rows(text: "SELECT count(*), max(a) FROM t NOT INDEXED")
    }
    #expect(error?.code.primary == .corrupt)
  }

  @Test("Rows whose foreign keys lead nowhere are listed")
  func foreignKeys() throws {
    var connection = try Connection(options())
    try connection.execute(
      """
      CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p);
      INSERT INTO c VALUES(9)
      """
    )
    #expect(
      try connection.foreignKeyCheck() == [
        ForeignKeyViolation(table: "c", rowID: 1, parent: "p", constraint: 0)
      ])
  }

  @Test("Counters of statement, connection and library count")
  func counters() throws {
    var connection = try Connection(options())
    try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(3),(1),(2)")
    try connection.withStatement(text: "SELECT a FROM t ORDER BY a") { statement in
      try statement.run()
      let counts = [statement.status(.sorts), statement.status(.fullScanSteps)]
      #expect(counts == [1, 2])
      let steps = statement.status(.virtualMachineSteps, reset: true)
      let afterReset = statement.status(.virtualMachineSteps)
      #expect(steps > 0)
      #expect(afterReset == 0)
      let isReadOnly = statement.isReadOnly
      #expect(isReadOnly)
    }
    let hits = try connection.status(.cacheHits, reset: true)
    #expect(hits.current > 0)
    let afterReset = try connection.status(.cacheHits)
    #expect(afterReset.current == 0)
    for counter in ConnectionCounter.allCases { _ = try connection.status(counter) }
    for counter in LibraryCounter.allCases { _ = try SQLiteLibrary.status(counter) }
    #expect(try SQLiteLibrary.status(.memoryUsed).current > 0)
  }

  @Test("A connection's work is that of all its statements, those that are gone included")
  func work() throws {
    func trial(_ query: String, cached: Int) throws -> ConnectionWork {
      var options = options()
      options.statementCacheCapacity = cached
      var connection = try Connection(options)
      try connection.execute(
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(a);"
          + "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100) "
          + "INSERT INTO t SELECT x, x FROM n")
      // What `execute` runs counts, though nothing of it stays prepared.
      #expect(connection.work.virtualMachineSteps > 100)
      for number in 1...5 {
        try connection.withStatement(text: query + "+\(number)") { statement in
          while try statement.step() {}
        }
      }
      return connection.work
    }
    let indexed = try trial("SELECT b FROM t WHERE a = 1", cached: 10)
    let scanned = try trial("SELECT b FROM t WHERE b = 1", cached: 10)
    #expect(scanned.fullScanSteps - indexed.fullScanSteps == 5 * 99)
    #expect(scanned.virtualMachineSteps > indexed.virtualMachineSteps)
    #expect(indexed.cacheHits > 0)
    // One statement at a time stays prepared; the others have left what they did.
    #expect(try trial("SELECT b FROM t WHERE b = 1", cached: 1) == scanned)
    #expect(try trial("SELECT b FROM t WHERE a = 1", cached: 10) == indexed)
  }

  @Test("The library names its version, source and options")
  func library() {
    #expect(SQLiteLibrary.version.hasPrefix("3."))
    #expect(SQLiteLibrary.versionNumber >= 3_040_000)
    #expect(SQLiteLibrary.sourceID.count > 60)
    #expect(SQLiteLibrary.compileOptions.contains { $0.hasPrefix("THREADSAFE=") })
  }

  @Test("Sleeping in whole seconds is noticed by the clock alone")
  func sleep() {
    #expect(SQLiteLibrary.sleepsInWholeSeconds(time: FakeTime(tick: .seconds(1))))
    #expect(!SQLiteLibrary.sleepsInWholeSeconds(time: FakeTime(tick: .milliseconds(2))))
  }

  @Test("A pragma is read and set by name")
  func pragma() throws {
    var connection = try Connection(options())
    try connection.setPragma("cache_size", "-123")
    #expect(try connection.pragma("cache_size") == "-123")
    #expect(try connection.pragma("no_such_pragma") == nil)
    let error = failure { () throws(SQLiteError) in
      try connection.setPragma("journal_mode", "wal")
    }
    #expect(
      error?.operation
        == .settingNotTaken(pragma: "journal_mode", wanted: "wal", answered: "memory"))
    let name = connection.fileName()
    #expect(name == nil)
  }

  @Test(
    "Every code has its name in sqlite3.h and knows its primary code",
    arguments: [
      (ResultCode.busySnapshot, "SQLITE_BUSY_SNAPSHOT", ResultCode.busy),
      (.ioErrorSync, "SQLITE_IOERR_FSYNC", .ioError),
      (.constraintForeignKey, "SQLITE_CONSTRAINT_FOREIGNKEY", .constraint),
      (.cantOpenIsDirectory, "SQLITE_CANTOPEN_ISDIR", .cantOpen),
      (.readOnlyDirectory, "SQLITE_READONLY_DIRECTORY", .readOnly),
      (.ioErrorNoMemory, "SQLITE_IOERR_NOMEM", .ioError),
      (.ioErrorLock, "SQLITE_IOERR_LOCK", .ioError),
      (.constraintRowID, "SQLITE_CONSTRAINT_ROWID", .constraint),
      (.constraintTrigger, "SQLITE_CONSTRAINT_TRIGGER", .constraint),
      (ResultCode(rawValue: 10 | 99 << 8), "SQLITE_IOERR(25354)", .ioError),
      (ResultCode(rawValue: 200), "SQLITE_(200)", ResultCode(rawValue: 200)),
    ])
  func names(code: ResultCode, name: String, primary: ResultCode) {
    #expect(code.name == name)
    #expect(code.primary == primary)
    #expect(code.isKind(of: primary))
  }

  @Test("A table that is there is found, a view, an index and a name that is none are not")
  func tables() throws {
    var connection = try Connection(options(":memory:"))
    try connection.execute("CREATE TABLE t(a); CREATE INDEX i ON t(a); CREATE VIEW v AS SELECT 1")
    for (name, isTable) in [("t", true), ("T", true), ("i", false), ("v", false), ("x", false)] {
      let found = try connection.hasTable(name)
      #expect(found == isTable, "\(name)")
    }
  }
}
