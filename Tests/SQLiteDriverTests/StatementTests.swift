import AssayModel
import SQLiteDriver
import Testing

private let insert = SQL("INSERT INTO t(a) VALUES(?)")
private let select = SQL("SELECT a, typeof(a), length(a) FROM t ORDER BY rowid")
private let echo = SQL("SELECT ?1, typeof(?1), length(?1)")

@Suite("Statements")
struct StatementTests {
  private func memory() throws(SQLiteError) -> Connection {
    var connection = try Connection(options())
    try connection.execute("CREATE TABLE t(a)")
    return connection
  }

  @Test(
    "Every value comes back with its type",
    arguments: [
      .null, .integer(.min), .integer(0), .integer(.max), .real(-0.5), .real(.infinity),
      .text(""), .text("käse\0brot 🧀"), .blob([]), .blob([0, 255, 0]),
    ] as [SQLiteValue])
  func roundTrip(value: SQLiteValue) throws {
    var connection = try memory()
    try connection.run(insert, value)
    let stored = try connection.rows(text: "SELECT a FROM t")
    #expect(stored == [[value]])
    let echoed = try connection.first(echo, value) { $0.value(0) }
    #expect(echoed == value)
  }

  @Test("A value too large for the statement's own memory comes back whole")
  func largeValues() throws {
    var connection = try memory()
    let text = String(repeating: "x", count: 100_000)
    let bytes = [UInt8](repeating: 7, count: 200_000)
    let read = try connection.first(SQL("SELECT ?1, ?2"), text, bytes) { row in
      row.text(0) == text && row.bytes(1) == bytes
    }
    #expect(read == true)
  }

  @Test("No bytes are a blob of length 0 and not NULL, in every way of binding")
  func emptyBlob() throws {
    var connection = try memory()
    let empty: [UInt8] = []
    try connection.run(insert, empty)
    try connection.run(insert, empty[...])
    try connection.withStatement(insert) { statement in
      try statement.bind(1, empty.span)
      try statement.run()
      statement.reset()
      try statement.bindText(1, utf8: empty.span)
      try statement.run()
    }
    let types = try connection.all(select) { "\($0.text(1)) \($0.int64(2))" }
    #expect(types == ["blob 0", "blob 0", "blob 0", "text 0"])
  }

  @Test("A parameter that is not bound is NULL, whatever the last run bound")
  func unbound() throws {
    var connection = try memory()
    _ = try connection.first(echo, "old") { $0.text(0) }
    let isNull = try connection.first(echo) { $0.isNull(0) }
    #expect(isNull == true)
  }

  @Test("Of several parameters exactly those keep a value that this run bound")
  func partlyBound() throws {
    var connection = try memory()
    let many = SQL("SELECT ?1, ?2, ?64, ?65, ?70")
    try connection.withStatement(many) { statement in
      for index in [1, 2, 64, 65, 70] { try statement.bind(index, index) }
      _ = try statement.step()
      statement.reset()
      try statement.bind(2, "two")
      try statement.bind(65, "sixty-five")
      _ = try statement.step()
      let values = statement.values
      #expect(values == [.null, .text("two"), .null, .text("sixty-five"), .null])
    }
    let nothing = try connection.first(many) { $0.values }
    #expect(nothing == Array(repeating: .null, count: 5))
  }

  @Test("Every short text arrives whole, from no byte to twenty")
  func shortTexts() throws {
    var connection = try memory()
    let letters = "abcdefghijklmnopqrst"
    for length in 0...20 {
      let text = String(letters.prefix(length))
      let read = try connection.first(echo, text) { $0.text(0) }
      #expect(read == text)
      let bytes = Array(text.utf8)
      let readBytes = try connection.first(echo, bytes) { $0.bytes(0) }
      #expect(readBytes == bytes)
    }
  }

  @Test("Text in a database of UTF-16 is read and lent as UTF-8")
  func wideText() throws {
    var connection = try Connection(options(":memory:", [Pragma("encoding", "UTF-16")]))
    try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES('käse')")
    let (lent, bytes, text) =
      try connection.first(select) { row in
        (row.withBytes(0) { $0.count }, row.bytes(0), row.text(0))
      } ?? (0, [], "")
    #expect(lent == 5)
    #expect(bytes == Array("käse".utf8))
    #expect(text == "käse")
  }

  @Test("A statement that moves on while it lends a column's bytes traps")
  func lentBytes() async {
    await #expect(processExitsWith: .failure) {
      var connection = try Connection(options())
      try connection.withStatement(text: "SELECT 'abc'") { statement in
        _ = try statement.step()
        statement.withBytes(0) { _ in statement.reset() }
      }
    }
  }

  @Test("Two columns can be lent at once")
  func twoColumns() throws {
    var connection = try memory()
    let isSame = try connection.first(SQL("SELECT 'abc', x'616263'")) { row in
      row.withBytes(0) { left in
        row.withBytes(1) { right in left.indices.allSatisfy { left[$0] == right[$0] } }
      }
    }
    #expect(isSame == true)
  }

  @Test("Many bound values that together outgrow the statement's memory all arrive")
  func arena() throws {
    var connection = try memory()
    let wide = SQL("SELECT ?1, ?2, ?3, ?4")
    for length in [10, 100, 200, 1_000, 70_000, 5] {
      let parts = (0..<4).map { String(repeating: "\($0)", count: length + $0) }
      let read = try connection.first(wide, parts[0], parts[1], parts[2], parts[3]) { row in
        (0..<4).map { row.text($0) }
      }
      #expect(read == parts)
    }
  }

  @Test("After a throw the statement is reset: it holds no lock and runs again")
  func resetAfterThrow() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    var connection = try Connection(options(folder.path("a.db")))
    try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)")
    #expect(throws: Stop.self) {
      try connection.withStatement(select) { statement in
        _ = try statement.step()
        throw Stop()
      }
    }
    var other = try Connection(options(folder.path("a.db")))
    // In a rollback journal a reader that still runs would make this BUSY.
    try other.execute("INSERT INTO t VALUES(3)")
    let rows = try connection.all(select) { $0.int64(0) }
    #expect(rows == [1, 2, 3])
  }

  @Test("A statement that failed runs again after the connection took it back")
  func runsAfterFailure() throws {
    var connection = try Connection(options())
    try connection.execute("CREATE TABLE t(a UNIQUE)")
    try connection.run(insert, 1)
    let error = failure { () throws(SQLiteError) in try connection.run(insert, 1) }
    #expect(error?.code == .constraintUnique)
    #expect(error?.sql == insert.text)
    #expect(error?.operation == .step)
    try connection.run(insert, 2)
    #expect(try connection.number("SELECT count(*) FROM t") == 2)
  }

  @Test("After its last row a statement does not start anew by itself")
  func doesNotRestart() throws {
    var connection = try memory()
    try connection.withStatement(insert) { (statement) throws(SQLiteError) in
      try statement.bind(1, 5)
      let steps = [try statement.step(), try statement.step()]
      #expect(steps == [false, false])
    }
    #expect(try connection.number("SELECT count(*) FROM t") == 1)
  }

  @Test("Columns are read in every form, and lent without a copy")
  func columns() throws {
    var connection = try memory()
    try connection.withStatement(text: "SELECT 42 AS n, 'abc' AS t, x'0102' AS b, NULL") {
      statement in
      let hasRow = try statement.step()
      #expect(hasRow)
      let names = statement.columnNames
      #expect(names.count == 4)
      #expect(Array(names.prefix(3)) == ["n", "t", "b"])
      let number = (statement.int(0), statement.double(0), statement.text(0))
      #expect(number == (42, 42, "42"))
      let letters = statement.bytes(1)
      #expect(letters == [97, 98, 99])
      let lent = statement.withBytes(2) { [$0[0], $0[1], UInt8($0.count)] }
      #expect(lent == [1, 2, 2])
      var buffer: [UInt8] = [9]
      statement.appendBytes(2, to: &buffer)
      #expect(buffer == [9, 1, 2])
      for column in [3, 99, -1, Int.max] {
        let isNull = statement.isNull(column)
        let (number, text) = (statement.optionalInt64(column), statement.optionalText(column))
        let count = statement.withBytes(column) { $0.count } + statement.bytes(column).count
        #expect(isNull)
        #expect(number == nil)
        #expect(text == nil)
        #expect(count == 0)
      }
    }
  }

  @Test("A parameter that does not exist is an error that names it")
  func range() throws {
    var connection = try memory()
    for index in [0, 2, -1, Int.max] {
      let error = failure { () throws(SQLiteError) in
        try connection.withStatement(insert) { (statement) throws(SQLiteError) in
          try statement.bind(index, 1)
        }
      }
      #expect(error?.code == .range)
      #expect(error?.operation == .bind(parameter: index))
    }
  }

  @Test("Named parameters are found by name")
  func named() throws {
    var connection = try memory()
    try connection.withStatement(text: "SELECT :a + :b") { statement in
      let (count, none) = (statement.parameterCount, statement.parameterIndex(":c"))
      #expect(count == 2)
      #expect(none == nil)
      try statement.bind(statement.parameterIndex(":a") ?? 0, 1)
      try statement.bind(statement.parameterIndex(":b") ?? 0, 2)
      _ = try statement.step()
      let sum = statement.int64(0)
      #expect(sum == 3)
    }
  }

  @Test("SQL that does not parse, is empty, or holds two statements is refused with its text")
  func refused() throws {
    var connection = try memory()
    let cases: [(String, ResultCode)] = [
      ("SELEC 1", .error), ("", .misuse), (" -- nothing", .misuse),
      ("SELECT 1; SELECT 2", .misuse), ("SELECT 1;; -- x\n;SELECT 2", .misuse),
    ]
    for (text, code) in cases {
      let error = failure { () throws(SQLiteError) in _ = try connection.rows(text: text) }
      #expect(error?.code == code, "\(text)")
      #expect(error?.operation == .prepare)
      #expect(error?.sql == text)
    }
    #expect(try connection.rows(text: "SELECT 1; -- behind\n ; ") == [[.integer(1)]])
  }

  @Test("A text holds many statements; a failure names the one that failed")
  func script() throws {
    var connection = try memory()
    try connection.execute("-- none\n;; INSERT INTO t VALUES(1); SELECT * FROM t; ; ")
    let error = failure { () throws(SQLiteError) in
      try connection.execute("INSERT INTO t VALUES(2); INSERT INTO x VALUES(3)")
    }
    #expect(error?.sql == " INSERT INTO x VALUES(3)")
    #expect(try connection.number("SELECT count(*) FROM t") == 2)
  }

  @Test("The cache of user SQL is bounded, forgets the longest unused, and keeps working")
  func textCache() throws {
    for capacity in [0, 1, 3] {
      var bounded = options()
      bounded.statementCacheCapacity = capacity
      var connection = try Connection(bounded)
      for round in 0..<20 {
        let value = round % 5
        #expect(try connection.number("SELECT \(value)") == Int64(value))
      }
      let runs = try connection.withStatement(text: "SELECT 4") { statement in
        statement.status(.runs)
      }
      #expect(runs == (capacity == 0 ? 0 : 1))
    }
  }

  @Test("A statement of the program is prepared once for all its runs")
  func preparedOnce() throws {
    var connection = try memory()
    for value in 0..<10 { try connection.run(insert, value) }
    let (runs, again) = try connection.withStatement(insert) { statement in
      (statement.status(.runs), statement.status(.preparedAgain))
    }
    #expect(runs == 10)
    #expect(again == 0)
  }

  @Test("Statements survive a change of the schema")
  func schemaChange() throws {
    var connection = try memory()
    try connection.run(insert, 1)
    try connection.execute("ALTER TABLE t ADD COLUMN b")
    try connection.run(insert, 2)
    #expect(try connection.number("SELECT count(*) FROM t") == 2)
    #expect(connection.changes == 1)
    #expect(connection.totalChanges == 2)
    #expect(connection.lastInsertRowID == 2)
  }
}
