import CSQLite

extension Connection {
  /// Compiles every statement of a script and runs only those that change the schema, so that later
  /// statements find their tables.
  ///
  /// For a database that is discarded afterwards: rows are neither written nor read, apart from
  /// those of a `CREATE TABLE ... AS SELECT`.
  ///
  /// - Returns: true if a statement begins or ends a transaction; none of these is run.
  /// - Throws: the first error in compiling or changing the schema, with its statement.
  public mutating func compile(script: String) throws(SQLiteError) -> Bool {
    try core.compile(script)
  }
}

extension ConnectionCore {
  fileprivate func compile(_ script: String) throws(SQLiteError) -> Bool {
    let witness = SchemaWitness()
    let context = unsafe Unmanaged.passUnretained(witness).toOpaque()
    defer {
      _ = unsafe sqlite3_set_authorizer(database, nil, nil)
      withExtendedLifetime(witness) {}
    }
    let sql = script.zeroTerminated
    var place = 0
    while sql[place] != 0 {
      let start = place
      witness.changesSchema = false
      // Set for each statement: running a statement must not call the authoriser.
      _ = unsafe sqlite3_set_authorizer(database, schemaCallback, context)
      let statement = try compileNext(sql, &place)
      _ = unsafe sqlite3_set_authorizer(database, nil, nil)
      if witness.changesSchema, let statement { try execute(statement) }
      guard place > start else { break }
    }
    return witness.controlsTransaction
  }

  /// Compiles the statement that begins at `place`, moves `place` past it and returns its text;
  /// `nil` for a comment.
  private func compileNext(
    _ sql: [UInt8], _ place: inout Int
  ) throws(SQLiteError) -> String? {
    var handle: OpaquePointer?
    let start = place
    let code = unsafe prepare(sql, &place, 0, &handle)
    defer { _ = unsafe sqlite3_finalize(handle) }
    guard code == SQLITE_OK else {
      let text = String(decoding: sql[start...].dropLast(), as: UTF8.self)
      throw failure(code, .prepare, sql: text)
    }
    guard let handle = unsafe handle else { return nil }
    return unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) }
  }
}

/// Records the effects of the statements being compiled.
private final class SchemaWitness {
  /// True if the latest statement changes the schema.
  var changesSchema = false
  /// True if any statement begins or ends a transaction.
  var controlsTransaction = false
}

private func schemaCallback(
  _ context: UnsafeMutableRawPointer?, _ action: Int32, _ first: UnsafePointer<CChar>?,
  _ second: UnsafePointer<CChar>?, _ schema: UnsafePointer<CChar>?,
  _ trigger: UnsafePointer<CChar>?
) -> Int32 {
  let isChange =
    (SQLITE_CREATE_INDEX...SQLITE_CREATE_VIEW).contains(action)
    || (SQLITE_DROP_INDEX...SQLITE_DROP_VIEW).contains(action)
    || [SQLITE_ALTER_TABLE, SQLITE_CREATE_VTABLE, SQLITE_DROP_VTABLE].contains(action)
  guard let context = unsafe context else { return SQLITE_OK }
  let witness = unsafe Unmanaged<SchemaWitness>.fromOpaque(context).takeUnretainedValue()
  if isChange { witness.changesSchema = true }
  if action == SQLITE_TRANSACTION { witness.controlsTransaction = true }
  return SQLITE_OK
}
