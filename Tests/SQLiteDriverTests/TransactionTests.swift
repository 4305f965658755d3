import AssayModel
import SQLiteDriver
import Testing

private let count = SQL("SELECT count(*) FROM t")
private let insert = SQL("INSERT INTO t VALUES(?)")

/// Another module's error type, to see that transactions keep it.
private enum OwnError: Error, Equatable, SQLiteErrorConvertible {
  case own
  case storage(ResultCode)

  init(_ error: SQLiteError) { self = .storage(error.code) }
}

@Suite("Transactions")
struct TransactionTests {
  private func database(
    _ folder: TemporaryFolder, _ pragmas: [Pragma] = wal
  ) throws(SQLiteError) -> Connection {
    var connection = try Connection(options(folder.path("a.db"), pragmas))
    try connection.execute("CREATE TABLE IF NOT EXISTS t(a UNIQUE)")
    return connection
  }

  private func rows(_ connection: inout Connection) throws(SQLiteError) -> Int64? {
    try connection.first(count) { $0.int64(0) }
  }

  @Test(
    "What returns is committed and what throws is rolled back", arguments: TransactionKind.allCases)
  func commitAndRollback(kind: TransactionKind) throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    let inside = try connection.transaction(kind) { (connection) throws(SQLiteError) in
      try connection.run(insert, 1)
      return connection.isAutocommit
    }
    #expect(!inside)
    #expect(throws: Stop.self) {
      try connection.transaction(kind) { connection in
        try connection.run(insert, 2)
        throw Stop()
      }
    }
    let isAutocommit = connection.isAutocommit
    #expect(isAutocommit)
    #expect(try rows(&connection) == 1)
  }

  @Test("The error type of the body stays typed, and SQLite's failures are converted to it")
  func typedErrors() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    var thrown: [OwnError] = []
    do throws(OwnError) {
      try connection.transaction { (_) throws(OwnError) in throw OwnError.own }
    } catch {
      thrown.append(error)
    }
    try connection.begin()
    do throws(OwnError) {
      try connection.transaction { (_) throws(OwnError) in }
    } catch {
      thrown.append(error)
    }
    #expect(thrown == [.own, .storage(.error)])
  }

  @Test("A second writer is BUSY at once without a policy")
  func busy() throws {
    let folder = try TemporaryFolder()
    var first = try database(folder)
    var second = try database(folder)
    try first.begin()
    let error = failure { () throws(SQLiteError) in try second.begin() }
    #expect(error?.code == .busy)
    #expect(error?.isBusy == true)
    #expect(error?.sql == "BEGIN IMMEDIATE")
    #expect(error?.rolledBackTransaction == false)
    try first.rollback()
    try second.begin()
    try second.rollback()
    try second.rollback()
  }

  @Test("A read that turns into a write behind another writer is BUSY_SNAPSHOT")
  func busySnapshot() throws {
    let folder = try TemporaryFolder()
    var first = try database(folder)
    var second = try database(folder)
    try second.begin(.deferred)
    _ = try rows(&second)
    try first.run(insert, 1)
    let error = failure { () throws(SQLiteError) in try second.run(insert, 2) }
    #expect(error?.code == .busySnapshot)
    #expect(error?.code.primary == .busy)
    #expect(error?.code.name == "SQLITE_BUSY_SNAPSHOT")
    let isOpen = !second.isAutocommit
    #expect(isOpen)
  }

  @Test("A commit that is BUSY leaves the transaction open by hand, and rolled back in a closure")
  func busyCommit() throws {
    let folder = try TemporaryFolder()
    var writer = try database(folder, [])
    var reader = try database(folder, [])
    try reader.begin(.deferred)
    _ = try rows(&reader)

    try writer.begin()
    try writer.run(insert, 1)
    let byHand = failure { () throws(SQLiteError) in try writer.commit() }
    #expect(byHand?.code == .busy)
    let isOpen = !writer.isAutocommit
    #expect(isOpen)
    try writer.rollback()

    let inClosure = failure { () throws(SQLiteError) in
      try writer.transaction { (writer) throws(SQLiteError) in try writer.run(insert, 1) }
    }
    #expect(inClosure?.code == .busy)
    let isClosed = writer.isAutocommit
    #expect(isClosed)

    try reader.commit()
    try writer.run(insert, 1)
    #expect(try rows(&writer) == 1)
  }

  @Test("An error that made SQLite roll back says so, and nothing is rolled back twice")
  func rolledBackBySQLite() throws {
    var connection = try Connection(options(":memory:", [Pragma("page_size", 512)]))
    try connection.execute("CREATE TABLE t(a UNIQUE ON CONFLICT ROLLBACK); INSERT INTO t VALUES(1)")
    let error = failure { () throws(SQLiteError) in
      try connection.transaction { (connection) throws(SQLiteError) in
        try connection.run(insert, 2)
        try connection.run(insert, 1)
      }
    }
    #expect(error?.isConstraint == true)
    #expect(error?.rolledBackTransaction == true)
    #expect(try rows(&connection) == 1)
  }

  @Test("A full database is FULL")
  func full() throws {
    var connection = try Connection(options())
    try connection.execute("CREATE TABLE t(a); PRAGMA max_page_count = 3")
    let error = failure { () throws(SQLiteError) in
      try connection.run(insert, [UInt8](repeating: 1, count: 100_000))
    }
    #expect(error?.code == .full)
  }

  @Test("A savepoint that throws undoes its own part only")
  func savepoint() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    try connection.transaction { connection in
      try connection.run(insert, 1)
      let error = failure { () throws(SQLiteError) in
        try connection.savepoint("in\"ner") { (connection) throws(SQLiteError) in
          try connection.run(insert, 2)
          try connection.savepoint("in\"ner") { (connection) throws(SQLiteError) in
            try connection.run(insert, 3)
          }
          try connection.run(insert, 1)
        }
      }
      #expect(error?.code == .constraintUnique)
      try connection.savepoint("b") { connection in try connection.run(insert, 4) }
    }
    let values = try connection.rows(text: "SELECT a FROM t ORDER BY a")
    #expect(values == [[.integer(1)], [.integer(4)]])
  }

  @Test("A savepoint that cannot be rolled back takes its transaction with it, and says why")
  func lostSavepoint() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    let outer = failure { () throws(SQLiteError) in
      try connection.transaction { (connection) throws(SQLiteError) in
        try connection.run(insert, 1)
        let error = failure { () throws(SQLiteError) in
          try connection.savepoint("s") { (connection) throws(SQLiteError) in
            try connection.run(insert, 2)
            try connection.execute("RELEASE s")
            try connection.run(insert, 1)
          }
        }
        #expect(error?.message.contains("no such savepoint") == true)
        let isAutocommit = connection.isAutocommit
        #expect(isAutocommit)
      }
    }
    #expect(outer != nil, "what could not be undone was committed")
    #expect(try rows(&connection) == 0)
  }

  @Test("A savepoint outside a transaction commits when it is released")
  func outerSavepoint() throws {
    let folder = try TemporaryFolder()
    var connection = try database(folder)
    try connection.savepoint("s") { connection in try connection.run(insert, 1) }
    let isAutocommit = connection.isAutocommit
    #expect(isAutocommit)
    var other = try database(folder)
    #expect(try rows(&other) == 1)
  }

  @Test("Each constraint has its own code")
  func constraints() throws {
    var connection = try Connection(options(":memory:", [Pragma("foreign_keys", "on")]))
    try connection.execute(
      """
      CREATE TABLE p(id INTEGER PRIMARY KEY, k TEXT NOT NULL UNIQUE, n CHECK(n > 0));
      CREATE TABLE w(id PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE c(p REFERENCES p);
      INSERT INTO p VALUES(1, 'a', 1); INSERT INTO w VALUES(1);
      """)
    let cases: [(String, ResultCode)] = [
      ("INSERT INTO p VALUES(1, 'b', 1)", .constraintPrimaryKey),
      ("INSERT INTO p VALUES(2, 'a', 1)", .constraintUnique),
      ("INSERT INTO p VALUES(2, NULL, 1)", .constraintNotNull),
      ("INSERT INTO p VALUES(2, 'b', 0)", .constraintCheck),
      ("INSERT INTO w VALUES(1)", .constraintPrimaryKey),
      ("INSERT INTO c VALUES(9)", .constraintForeignKey),
    ]
    for (sql, code) in cases {
      let error = failure { () throws(SQLiteError) in try connection.execute(sql) }
      #expect(error?.code == code, "\(sql)")
      #expect(error?.code.primary == .constraint)
    }
  }
}
