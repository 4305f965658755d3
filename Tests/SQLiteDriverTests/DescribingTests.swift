import Testing

@testable import SQLiteDriver

@Suite("What SQLite says of statements, and words of bytes")
struct DescribingTests {
  private static func connect() throws(SQLiteError) -> Connection {
    var connection = try Connection(options())
    try connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
    return connection
  }

  @Test("Parameters come in their order with their prefixes, a repeated one once")
  func parameters() throws {
    var connection = try Self.connect()
    let named = try connection.describe(
      text: "UPDATE t SET v = :value WHERE id = :id OR id = :value OR id = @other")
    #expect(named.parameters == [":value", ":id", "@other"])
    #expect(try connection.describe(text: "SELECT ?, ?3").parameters == [nil, nil, "?3"])
    #expect(try connection.describe(text: "SELECT 1").parameters == [])
  }

  @Test("What reads, what writes, and how many columns come")
  func facts() throws {
    var connection = try Self.connect()
    let select = try connection.describe(text: "SELECT id, v FROM t")
    #expect(select.isReadOnly && select.columnCount == 2)
    let insert = try connection.describe(text: "INSERT INTO t DEFAULT VALUES")
    #expect(!insert.isReadOnly && insert.columnCount == 0)
    #expect(try connection.number("SELECT count(*) FROM t") == 0, "it was not run")
  }

  @Test(
    "What begins or ends a transaction is told, whatever it looks like",
    arguments: [
      ("BEGIN", "BEGIN"), ("begin immediate;", "BEGIN"), ("/* x */ COMMIT -- y", "COMMIT"),
      ("END TRANSACTION", "COMMIT"), ("ROLLBACK", "ROLLBACK"), ("SAVEPOINT a", nil),
      ("ROLLBACK TO a", nil), ("RELEASE a", nil), ("SELECT 'COMMIT'", nil),
      ("INSERT INTO t VALUES (1, 'BEGIN')", nil),
    ] as [(String, String?)])
  func control(text: String, expected: String?) throws {
    var connection = try Self.connect()
    #expect(try connection.describe(text: text).transactionControl == expected)
    let isOutside = connection.isAutocommit
    #expect(isOutside, "it was not run")
  }

  @Test("What does not compile, is empty or is more than one statement is refused")
  func refusals() throws {
    var connection = try Self.connect()
    for (text, code) in [
      ("SELEC 1", ResultCode.error), ("SELECT nothing FROM t", .error), ("", .misuse),
      (" -- ", .misuse), ("SELECT 1; SELECT 2", .misuse),
    ] {
      let error = failure { () throws(SQLiteError) in _ = try connection.describe(text: text) }
      #expect(error?.code == code, "\(text)")
      #expect(error?.operation == .prepare)
    }
    #expect(try connection.number("SELECT 7") == 7, "the connection works as before")
  }

  @Test("A column's type is the one that was stored")
  func types() throws {
    var connection = try Self.connect()
    let types = try connection.all(SQL("SELECT NULL, 7, 7.5, '7', x'07'")) { row in
      (0..<5).map { row.type($0) }
    }
    #expect(types == [[.null, .integer, .real, .text, .blob]])
  }

  @Test("Eight bytes are one number, the first byte lowest, at any offset")
  func words() {
    let bytes = (0..<20).map { UInt8($0) }
    for offset in 0...12 {
      let expected = (0..<8).reduce(UInt64(0)) { $0 | UInt64(offset + $1) << UInt64($1 * 8) }
      #expect(bytes.span.word(at: offset) == expected)
    }
  }
}
