import CSQLite

extension ConnectionCore {
  /// Finds or prepares a registered statement of the program.
  func checkOut(_ sql: SQL) throws(SQLiteError) -> Statement {
    guard sql.id < tableCount, let slot = unsafe table[sql.id] else {
      return try checkOutFirst(sql)
    }
    unsafe slot.pointee.wasAutocommit = isAutocommit
    stepsSinceTaken = 0
    return unsafe Statement(slot)
  }

  @inline(never)
  private func checkOutFirst(_ sql: SQL) throws(SQLiteError) -> Statement {
    let slot = try unsafe prepareOnly(sql.text, sql.terminated)
    if sql.id >= tableCount { growTable(toHold: sql.id) }
    unsafe table[sql.id] = unsafe slot
    stepsSinceTaken = 0
    unsafe slot.pointee.wasAutocommit = isAutocommit
    return unsafe Statement(slot)
  }

  private func growTable(toHold id: Int) {
    let count = max(id + 1, tableCount * 2, 32)
    let larger = UnsafeMutablePointer<UnsafeMutablePointer<StatementSlot>?>
      .allocate(capacity: count)
    unsafe larger.initialize(repeating: nil, count: count)
    for index in 0..<tableCount {
      unsafe larger[index] = unsafe table[index]
    }
    unsafe table.deallocate()
    unsafe table = unsafe larger
    tableCount = count
  }

  /// Finds or prepares a statement given as text.
  func checkOut(text: String) throws(SQLiteError) -> Statement {
    stepsSinceTaken = 0
    if let slot = unsafe textCache.find(text) {
      unsafe slot.pointee.wasAutocommit = isAutocommit
      return unsafe Statement(slot)
    }
    let slot = try unsafe prepareOnly(text, text.zeroTerminated)
    unsafe textCache.insert(text, slot)
    unsafe slot.pointee.wasAutocommit = isAutocommit
    return unsafe Statement(slot)
  }

  /// Takes back a statement given as text.
  func checkIn(_ statement: borrowing Statement, text: String) {
    statement.reset()
    textCache.shrink()
  }

  /// Prepares text that must hold exactly one statement.
  ///
  /// - Parameter sql: the text with a terminating zero.
  func prepareOnly(
    _ text: String, _ sql: [UInt8]
  ) throws(SQLiteError) -> UnsafeMutablePointer<StatementSlot> {
    var handle: OpaquePointer?
    var place = 0
    let code = unsafe prepare(sql, &place, SQLITE_PREPARE_PERSISTENT, &handle)
    guard code == SQLITE_OK else { throw failure(code, .prepare, sql: text) }
    guard let handle = unsafe handle else {
      throw SQLiteError(code: .misuse, message: "no statement", sql: text, operation: .prepare)
    }
    guard isBlank(sql, from: place) else {
      _ = unsafe sqlite3_finalize(handle)
      throw SQLiteError(
        code: .misuse, message: "more than one statement", sql: text, operation: .prepare)
    }
    let slot = UnsafeMutablePointer<StatementSlot>.allocate(capacity: 1)
    unsafe slot.initialize(to: StatementSlot(handle, self))
    return unsafe slot
  }

  /// Prepares the statement that begins at `place`, and moves `place` past it.
  ///
  /// - Parameter sql: zero-terminated, which spares SQLite a copy of the remaining text.
  func prepare(
    _ sql: [UInt8], _ place: inout Int, _ flags: Int32, _ handle: inout OpaquePointer?
  ) -> Int32 {
    guard let count = Int32(exactly: sql.count - place) else { return SQLITE_TOOBIG }
    let (code, consumed) = unsafe sql.withUnsafeBytes { bytes in
      let text = unsafe bytes.assumingMemoryBound(to: CChar.self)
      guard let start = unsafe text.baseAddress.map({ unsafe $0 + place }) else {
        return (SQLITE_OK, 0)
      }
      var tail: UnsafePointer<CChar>?
      let code = unsafe sqlite3_prepare_v3(
        database, start, count, UInt32(flags), &handle, &tail)
      return (code, unsafe tail.map { unsafe $0 - start } ?? 0)
    }
    place += consumed
    return code
  }

  /// Returns true if only spaces, semicolons and comments are left: SQLite compiles them to
  /// nothing.
  private func isBlank(_ sql: [UInt8], from place: Int) -> Bool {
    var place = place
    while sql[place] != 0 {
      var handle: OpaquePointer?
      let start = place
      let code = unsafe prepare(sql, &place, 0, &handle)
      _ = unsafe sqlite3_finalize(handle)
      guard code == SQLITE_OK, unsafe handle == nil else { return false }
      guard place > start else { return true }
    }
    return true
  }

  /// Runs all statements of a text and ignores their rows.
  func execute(_ text: String) throws(SQLiteError) { try execute(text.zeroTerminated) }

  /// Runs all statements of a zero-terminated text and ignores their rows.
  func execute(_ sql: [UInt8]) throws(SQLiteError) {
    var place = 0
    while sql[place] != 0 {
      let start = place
      try executeNext(sql, &place)
      guard place > start else { return }
    }
  }

  private func executeNext(_ sql: [UInt8], _ place: inout Int) throws(SQLiteError) {
    var handle: OpaquePointer?
    let start = place
    let wasAutocommit = isAutocommit
    stepsSinceTaken = 0
    var code = unsafe prepare(sql, &place, 0, &handle)
    guard code == SQLITE_OK else {
      // A failed prepare moves past the part it could read; the message quotes all the remaining
      // text.
      let text = String(decoding: sql[start...].dropLast(), as: UTF8.self)
      throw failure(code, .prepare, sql: text)
    }
    guard let handle = unsafe handle else { return }
    defer {
      unsafe finishedWork.add(statement: handle)
      _ = unsafe sqlite3_finalize(handle)
    }
    repeat { code = unsafe sqlite3_step(handle) } while code == SQLITE_ROW
    guard code == SQLITE_DONE else {
      let text = unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) }
      throw failure(code, .step, sql: text, wasAutocommit: wasAutocommit)
    }
  }

  /// Finalizes every statement; the last step before closing.
  func finalizeStatements() {
    for index in 0..<tableCount {
      guard let slot = unsafe table[index] else { continue }
      unsafe destroyStatement(slot)
    }
    tableCount = 0
    textCache.removeAll()
  }
}

func destroyStatement(_ slot: UnsafeMutablePointer<StatementSlot>) {
  unsafe slot.pointee.destroy()
  unsafe slot.deinitialize(count: 1)
  unsafe slot.deallocate()
}
