extension Connection {
  // These borrow although their callers hold the connection exclusively: a borrowed connection
  // keeps its state alive without reference counting.

  @usableFromInline
  func checkOut(_ sql: SQL) throws(SQLiteError) -> Statement {
    try core.checkOut(sql)
  }

  @usableFromInline
  func checkOut(text: String) throws(SQLiteError) -> Statement {
    try core.checkOut(text: text)
  }

  @inlinable
  func checkOut<E: SQLiteErrorConvertible>(
    _ sql: SQL, orThrow: E.Type
  ) throws(E) -> Statement {
    do throws(SQLiteError) { return try checkOut(sql) } catch { throw E(error) }
  }

  @inlinable
  func checkOut<E: SQLiteErrorConvertible>(
    text: String, orThrow: E.Type
  ) throws(E) -> Statement {
    do throws(SQLiteError) { return try checkOut(text: text) } catch { throw E(error) }
  }

  @usableFromInline
  func checkIn(_ statement: borrowing Statement, text: String) {
    core.checkIn(statement, text: text)
  }

  /// Lends the prepared statement of `sql`, and resets and unbinds it afterwards, also on a throw.
  ///
  /// Write the closure's error type, because Swift does not infer it:
  /// `try connection.withStatement(Queries.all) { (rows) throws(SQLiteError) in ... }`. For a
  /// single run, `run`, `first` and `all` need no throwing closure.
  ///
  /// - Throws: the error of `body`, and failures of preparing, converted.
  @inlinable
  public mutating func withStatement<T: ~Copyable, E: SQLiteErrorConvertible>(
    _ sql: SQL, _ body: (borrowing Statement) throws(E) -> T
  ) throws(E) -> T {
    let statement = try checkOut(sql, orThrow: E.self)
    defer { statement.reset() }
    return try body(statement)
  }

  /// Lends the prepared statement of `sql`, with untyped errors.
  @inlinable
  public mutating func withStatement<T: ~Copyable>(
    _ sql: SQL, _ body: (borrowing Statement) throws -> T
  ) throws -> T {
    let statement = try checkOut(sql)
    defer { statement.reset() }
    return try body(statement)
  }

  /// Lends a statement written by a user; it is kept in a bounded cache.
  ///
  /// - Throws: the error of `body`, and failures of preparing, converted: MISUSE if the text holds
  ///   no statement or more than one.
  @inlinable
  public mutating func withStatement<T: ~Copyable, E: SQLiteErrorConvertible>(
    text: String, _ body: (borrowing Statement) throws(E) -> T
  ) throws(E) -> T {
    let statement = try checkOut(text: text, orThrow: E.self)
    defer { checkIn(statement, text: text) }
    return try body(statement)
  }

  /// Lends a statement written by a user, with untyped errors.
  @inlinable
  public mutating func withStatement<T: ~Copyable>(
    text: String, _ body: (borrowing Statement) throws -> T
  ) throws -> T {
    let statement = try checkOut(text: text)
    defer { checkIn(statement, text: text) }
    return try body(statement)
  }

  /// Binds the values in order, runs the statement to its end and ignores its rows.
  @inlinable
  public mutating func run<each Value: SQLiteBindable>(
    _ sql: SQL, _ values: repeat each Value
  ) throws(SQLiteError) {
    let statement = try checkOut(sql)
    defer { statement.reset() }
    var index = 1
    for value in repeat each values {
      try value.bind(to: statement, at: index)
      index += 1
    }
    try statement.run()
  }

  /// Binds the values in order and reads the first row; later rows are not computed.
  ///
  /// - Returns: the result of `row`, or `nil` without a row.
  @inlinable
  public mutating func first<T, each Value: SQLiteBindable>(
    _ sql: SQL, _ values: repeat each Value, row: (borrowing Statement) -> T
  ) throws(SQLiteError) -> T? {
    let statement = try checkOut(sql)
    defer { statement.reset() }
    var index = 1
    for value in repeat each values {
      try value.bind(to: statement, at: index)
      index += 1
    }
    return try statement.step() ? row(statement) : nil
  }

  /// Binds the values in order and reads every row.
  @inlinable
  public mutating func all<T, each Value: SQLiteBindable>(
    _ sql: SQL, _ values: repeat each Value, row: (borrowing Statement) -> T
  ) throws(SQLiteError) -> [T] {
    let statement = try checkOut(sql)
    defer { statement.reset() }
    var index = 1
    for value in repeat each values {
      try value.bind(to: statement, at: index)
      index += 1
    }
    var rows: [T] = []
    while try statement.step() { rows.append(row(statement)) }
    return rows
  }

  /// Runs a statement written by a user.
  ///
  /// - Parameter values: bound in order; a parameter without a value is NULL.
  /// - Returns: all rows, with the types that SQLite stored.
  public mutating func rows(
    text: String, _ values: [SQLiteValue] = []
  ) throws(SQLiteError) -> [[SQLiteValue]] {
    try withStatement(text: text) { (statement) throws(SQLiteError) in
      for (index, value) in values.enumerated() {
        try statement.bind(index + 1, value)
      }
      var rows: [[SQLiteValue]] = []
      while try statement.step() { rows.append(statement.values) }
      return rows
    }
  }
}
