import CSQLite

extension ConnectionCore {
  /// Sets a pragma and checks its own answer, if it returns one.
  func set(_ pragma: Pragma) throws(SQLiteError) {
    let answer = try firstValue(try pragma.statement, .pragma(pragma.name))
    // The journal mode is the only pragma whose answer tells more than reading it back: the reason.
    guard PragmaRules.base(pragma.name) == "journal_mode", let answer else { return }
    guard PragmaRules.agrees(pragma, answer: answer) else {
      throw notTaken(pragma, answer)
    }
  }

  /// Reads a pragma back.
  func verify(_ pragma: Pragma) throws(SQLiteError) {
    let answer = try self.pragma(pragma.name)
    guard let answer, PragmaRules.agrees(pragma, answer: answer) else {
      throw notTaken(pragma, answer)
    }
  }

  /// Reads a pragma: the first column of its first row, or nil if there is none.
  func pragma(_ name: String) throws(SQLiteError) -> String? {
    try PragmaRules.check(name)
    return try firstValue("PRAGMA \(name)", .pragma(name))
  }

  private func notTaken(_ pragma: Pragma, _ answer: String?) -> SQLiteError {
    SQLiteError(
      code: .error, message: PragmaRules.hint(pragma, answer: answer),
      operation: .settingNotTaken(pragma: pragma.name, wanted: pragma.value, answered: answer))
  }

  private func firstValue(
    _ sql: String, _ operation: SQLiteError.Operation
  ) throws(SQLiteError) -> String? {
    do throws(SQLiteError) {
      let statement = try checkOut(text: sql)
      defer { checkIn(statement, text: sql) }
      guard try statement.step() else { return nil }
      let value = statement.text(0)
      // Run to the end: some pragmas do their work in later steps.
      try statement.run()
      return value
    } catch {
      var error = error
      error.operation = operation
      throw error
    }
  }
}
