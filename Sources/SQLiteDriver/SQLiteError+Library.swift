import CSQLite

extension SQLiteError {
  /// Creates an error from the last failure of a connection.
  ///
  /// - Parameter wasAutocommit: true if the connection was outside a transaction before the call.
  init(
    _ code: Int32, _ database: OpaquePointer, _ operation: Operation, sql: String? = nil,
    wasAutocommit: Bool = true
  ) {
    let isAutocommit = unsafe sqlite3_get_autocommit(database) != 0
    self.init(
      code: ResultCode(code),
      message: unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? "",
      sql: sql,
      operation: operation,
      rolledBackTransaction: !wasAutocommit && isAutocommit)
  }

  /// Creates an error for a failure before there is a connection.
  init(code: ResultCode, operation: Operation) {
    self.init(
      code: code,
      message: unsafe sqlite3_errstr(code.rawValue).map { unsafe String(cString: $0) } ?? "",
      operation: operation)
  }
}
