public import SQLiteDriver

/// All rows of one table, for people and for findings: the input of `ContentDigester`, in full.
public struct TableContent: Hashable, Sendable {
  /// The table.
  public var name: String
  /// Its columns.
  public var columns: [String]
  /// Rows of the table, in its own order.
  public var rows: [[SQLiteValue]]

  /// Creates a content.
  public init(name: String, columns: [String], rows: [[SQLiteValue]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  /// Reads sqlite_schema (without the pages on which tables begin) and then every table whose rows
  /// count, in the order of the schema.
  ///
  /// - Precondition: no connection writes meanwhile, or the caller has a transaction open.
  public static func read(
    _ connection: inout Connection
  ) throws(SQLiteError) -> [TableContent] {
    var contents = [
      try read("sqlite_schema", ContentTables.schemaQuery, &connection)
    ]
    for name in try ContentTables.names(&connection) {
      contents.append(try read(name, ContentTables.query(name), &connection))
    }
    return contents
  }

  private static func read(
    _ name: String, _ query: String, _ connection: inout Connection
  ) throws(SQLiteError) -> TableContent {
    try connection.withStatement(text: query) { (statement) throws(SQLiteError) in
      var content = TableContent(name: name, columns: statement.columnNames, rows: [])
      while try statement.step() { content.rows.append(statement.values) }
      return content
    }
  }

  /// Returns the digest of contents as returned by `read`: the same as `ContentDigester` returns
  /// for the database.
  ///
  /// - Parameter contents: the schema first.
  public static func digest(_ contents: [TableContent]) -> Digest128 {
    var digest = ContentDigest()
    for (number, content) in contents.enumerated() {
      if number == 0 {
        var schema = ContentDigest()
        content.add(to: &schema)
        digest.add(Int64(bitPattern: schema.value.high))
        digest.add(Int64(bitPattern: schema.value.low))
      } else {
        digest.beginTable(Array(content.name.utf8).span)
        content.add(to: &digest)
      }
    }
    return digest.value
  }

  private func add(to digest: inout ContentDigest) {
    for row in rows {
      digest.beginRow(columns: columns.count)
      for value in row { digest.add(value) }
    }
  }
}
