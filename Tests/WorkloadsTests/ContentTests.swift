import AssayModel
import SQLiteDriver
import Testing

@testable import Workloads

/// The digest of a database's content: equal for equal contents, different for any other.
@Suite("Digests of content")
struct ContentTests {
  private static func connect(_ sql: String) throws -> Connection {
    var connection = try Connection(
      ConnectionOptions(path: ":memory:", busy: .none, time: VirtualClock()))
    try connection.execute(sql)
    return connection
  }

  private static func digest(_ sql: String) throws -> Digest128 {
    var connection = try connect(sql)
    var digester = try ContentDigester(&connection)
    return try digester.digest(&connection)
  }

  private static let base = """
    CREATE TABLE t(a, b);
    CREATE TABLE "odd ""n"" x"(x TEXT PRIMARY KEY, y) WITHOUT ROWID;
    CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, v);
    CREATE INDEX i ON t(a, b);
    INSERT INTO t VALUES (1, NULL), (2.5, 'two'), (x'00', ''), (x'', zeroblob(300));
    INSERT INTO "odd ""n"" x" VALUES ('k', 1);
    INSERT INTO counted(v) VALUES (1), (2);
    """

  @Test("Equal contents have equal digests, however they came about")
  func equal() throws {
    let one = try Self.digest(Self.base)
    let other = try Self.digest(
      Self.base
        + """
        INSERT INTO t VALUES (9, 9);
        DELETE FROM t WHERE a = 9;
        UPDATE t SET b = 'three' WHERE a = 2.5;
        UPDATE t SET b = 'two' WHERE a = 2.5;
        """)
    #expect(one == other)
    #expect(try Self.digest(Self.base + "ANALYZE;") == one, "statistics are no content")
  }

  @Test(
    "Every change of content or schema changes the digest",
    arguments: [
      "UPDATE t SET a = 2 WHERE a = 1", "UPDATE t SET a = 1.0 WHERE a = 1",
      "UPDATE t SET a = '1' WHERE a = 1", "UPDATE t SET b = 0 WHERE b IS NULL",
      "UPDATE t SET b = NULL WHERE b = ''", "UPDATE t SET b = x'' WHERE b = ''",
      "UPDATE t SET b = 'twp' WHERE b = 'two'", "UPDATE t SET b = x'74776f' WHERE b = 'two'",
      "UPDATE t SET b = zeroblob(299) WHERE a = x''",
      "UPDATE t SET b = CAST(zeroblob(299) || x'01' AS BLOB) WHERE a = x''",
      "DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (1, NULL)",
      "UPDATE \"odd \"\"n\"\" x\" SET y = 2", "DELETE FROM counted WHERE id = 2",
      "UPDATE sqlite_sequence SET seq = 9", "CREATE TABLE more(x)", "DROP INDEX i",
      "ALTER TABLE t RENAME COLUMN b TO c", "CREATE VIEW w AS SELECT 1",
      "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
    ])
  func changed(sql: String) throws {
    #expect(try Self.digest(Self.base) != Self.digest(Self.base + sql))
  }

  @Test("The same digester follows changes of rows and schema")
  func following() throws {
    var connection = try Self.connect(Self.base)
    var digester = try ContentDigester(&connection)
    var seen: Set<Digest128> = [try digester.digest(&connection)]
    for sql in [
      "INSERT INTO t VALUES (7, 7)", "CREATE TABLE later(x)", "INSERT INTO later VALUES (1)",
      "DROP TABLE counted", "DELETE FROM later",
    ] {
      try connection.execute(sql)
      let digest = try digester.digest(&connection)
      #expect(seen.insert(digest).inserted, "\(sql)")
      #expect(try TableContent.digest(TableContent.read(&connection)) == digest, "\(sql)")
      #expect(try digester.digest(&connection) == digest)
    }
    try connection.execute("BEGIN; INSERT INTO later VALUES (8); ROLLBACK")
    #expect(try seen.contains(digester.digest(&connection)))
  }

  @Test("The content in full names tables, columns and values, the schema first")
  func tables() throws {
    var connection = try Self.connect(Self.base)
    let contents = try TableContent.read(&connection)
    #expect(
      contents.map(\.name) == [
        "sqlite_schema", "t", "odd \"n\" x", "counted", "sqlite_sequence",
      ])
    #expect(contents[1].columns == ["a", "b"])
    #expect(contents[1].rows[1] == [.real(2.5), .text("two")])
    #expect(contents[4].rows == [[.text("counted"), .integer(2)]])
  }

  @Test("Values of every length, and their neighbours, have digests of their own")
  func lengths() {
    var seen: Set<Digest128> = []
    for length in 0...70 {
      let bytes = [UInt8](repeating: 0x61, count: length)
      for type in [SQLiteType.text, .blob] {
        var digest = ContentDigest()
        digest.add(bytes.span, as: type)
        #expect(seen.insert(digest.value).inserted)
      }
      for index in 0..<length {
        var changed = bytes
        changed[index] ^= 1
        var digest = ContentDigest()
        digest.add(changed.span, as: .blob)
        #expect(seen.insert(digest.value).inserted, "\(length) \(index)")
      }
    }
  }

  @Test("Ninety thousand pairs of small numbers have no two digests alike, in either half")
  func collisions() {
    var (highs, lows) = (Set<UInt64>(), Set<UInt64>())
    for left in 0..<Int64(300) {
      for right in 0..<Int64(300) {
        var digest = ContentDigest()
        digest.add(left)
        digest.add(right)
        highs.insert(digest.value.high)
        lows.insert(digest.value.low)
      }
    }
    #expect(highs.count == 90_000 && lows.count == 90_000)
  }

  @Test("A digest reads as 32 digits")
  func text() {
    #expect("\(Digest128(high: 1, low: .max))" == "0000000000000001ffffffffffffffff")
  }
}
