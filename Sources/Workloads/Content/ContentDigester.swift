public import SQLiteDriver

/// Digests the whole logical content of a database: its schema, and every row of every table.
///
/// Two databases are equal if they have the same rows of sqlite_schema (without the page on which a
/// table begins), and the same values in the same order in every ordinary table, sqlite_sequence
/// included. Statistics (sqlite_stat1 and its like) and virtual tables do not count; the data of a
/// virtual table is in ordinary ones.
///
/// Keeps the statement of each table as long as the schema stays the same. Rows cause no
/// allocation.
public struct ContentDigester: Sendable {
  private struct Table: Sendable {
    var name: [UInt8]
    var query: String
  }

  private static let schema = SQL(ContentTables.schemaQuery)

  private var schemaDigest: Digest128?
  private var tables: [Table] = []

  /// Reads the schema.
  public init(_ connection: inout Connection) throws(SQLiteError) {
    _ = try digestSchema(&connection)
  }

  /// Digests the content that the connection sees now.
  ///
  /// - Precondition: no connection writes meanwhile, or the caller has a transaction open: tables
  ///   are read one after the other.
  public mutating func digest(
    _ connection: inout Connection
  ) throws(SQLiteError) -> Digest128 {
    var digest = ContentDigest()
    let schema = try digestSchema(&connection)
    digest.add(Int64(bitPattern: schema.high))
    digest.add(Int64(bitPattern: schema.low))
    for table in tables {
      digest.beginTable(table.name.span)
      try connection.withStatement(text: table.query) { (rows) throws(SQLiteError) in
        try Self.add(rows, to: &digest)
      }
    }
    return digest.value
  }

  /// Digests the rows of sqlite_schema, and reads them again only if they changed.
  private mutating func digestSchema(
    _ connection: inout Connection
  ) throws(SQLiteError) -> Digest128 {
    let digest = try connection.withStatement(Self.schema) { (rows) throws(SQLiteError) in
      var digest = ContentDigest()
      try Self.add(rows, to: &digest)
      return digest.value
    }
    if digest != schemaDigest {
      tables = try ContentTables.names(&connection).map { name in
        Table(name: Array(name.utf8), query: ContentTables.query(name))
      }
      schemaDigest = digest
    }
    return digest
  }

  /// Adds every row of a statement.
  private static func add(
    _ rows: borrowing Statement, to digest: inout ContentDigest
  ) throws(SQLiteError) {
    let columns = rows.columnCount
    while try rows.step() {
      digest.beginRow(columns: columns)
      for column in 0..<columns {
        let type = rows.type(column)
        switch type {
        case .null: digest.addNull()
        case .integer: digest.add(rows.int64(column))
        case .real: digest.add(rows.double(column))
        case .text, .blob: rows.withBytes(column) { digest.add($0, as: type) }
        }
      }
    }
  }
}

/// The tables that belong to the content of a database, and the queries that read them.
enum ContentTables {
  /// The rows of the schema that count, without the page on which each begins.
  ///
  /// Comparing is quicker than GLOB, which decides only on names that come near.
  static let schemaQuery = """
    SELECT type, name, tbl_name, sql FROM main.sqlite_schema
    WHERE (name NOT BETWEEN 'sqlite_stat' AND 'sqlite_stau'
        OR name NOT GLOB 'sqlite_stat[0-9]*')
      AND (tbl_name NOT BETWEEN 'sqlite_stat' AND 'sqlite_stau'
        OR tbl_name NOT GLOB 'sqlite_stat[0-9]*')
    """

  /// Virtual tables begin on no page.
  private static let tables = SQL(
    """
    SELECT name FROM main.sqlite_schema
    WHERE type = 'table' AND rootpage > 0 AND name NOT GLOB 'sqlite_stat[0-9]*'
    """)

  static func names(_ connection: inout Connection) throws(SQLiteError) -> [String] {
    try connection.all(tables) { $0.text(0) }
  }

  /// Returns the query that reads a table in its own order, never in that of a covering index.
  static func query(_ name: String) -> String {
    let parts = name.split(separator: "\"", omittingEmptySubsequences: false)
    return "SELECT * FROM main.\"\(parts.joined(separator: "\"\""))\" NOT INDEXED"
  }
}
