import CSQLite

/// The current row. Reading a column that does not exist, or without a row, returns NULL.
extension Statement {
  /// Number of columns of each row; 0 for statements that return no rows.
  public var columnCount: Int { unsafe Int(sqlite3_column_count(handle)) }

  /// Returns the name of a column, from 0.
  ///
  /// - Precondition: the column exists.
  public func columnName(_ column: Int) -> String {
    precondition(column >= 0 && column < columnCount, "no column \(column)")
    return unsafe sqlite3_column_name(handle, Int32(column))
      .map { unsafe String(cString: $0) } ?? ""
  }

  /// The names of all columns.
  public var columnNames: [String] { (0..<columnCount).map { columnName($0) } }

  /// Returns the type with which SQLite stored the value; call it before any converting accessor.
  public func type(_ column: Int) -> SQLiteType {
    switch unsafe sqlite3_column_type(handle, position(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// Returns true if the value is NULL.
  public func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, position(column)) == SQLITE_NULL
  }

  /// Returns the value as an integer; NULL is 0, text is read as far as it is a number.
  public func int64(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(handle, position(column))
  }

  /// Returns the value as an integer, as `int64`.
  public func int(_ column: Int) -> Int { Int(int64(column)) }

  /// Returns the value as a floating-point number; NULL is 0.
  public func double(_ column: Int) -> Double {
    unsafe sqlite3_column_double(handle, position(column))
  }

  /// Returns the value as text; NULL is empty. Bytes that are not UTF-8 are repaired.
  public func text(_ column: Int) -> String {
    // Text first, then its length: the other order may count before a conversion.
    guard let text = unsafe sqlite3_column_text(handle, position(column)) else { return "" }
    let count = unsafe Int(sqlite3_column_bytes(handle, position(column)))
    return unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// Returns the value as text, or `nil` for NULL.
  public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// Returns the value as an integer, or `nil` for NULL.
  public func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

  /// Returns the value as bytes; NULL is empty, text is its UTF-8.
  public func bytes(_ column: Int) -> [UInt8] {
    precondition(unsafe slot.pointee.loans == 0, "the bytes of a column are lent")
    return unsafe Array(blob(column))
  }

  /// Returns the number of bytes of a blob or text.
  public func byteCount(_ column: Int) -> Int {
    unsafe Int(sqlite3_column_bytes(handle, position(column)))
  }

  /// Appends the value's bytes to the caller's buffer, to spare an allocation per row.
  public func appendBytes(_ column: Int, to buffer: inout [UInt8]) {
    precondition(unsafe slot.pointee.loans == 0, "the bytes of a column are lent")
    unsafe buffer.append(contentsOf: blob(column))
  }

  /// Lends the value's bytes without copying them; NULL lends none.
  ///
  /// - Precondition: `body` uses the statement only for further calls of `withBytes`.
  @inlinable
  public func withBytes<T: ~Copyable, E: Error>(
    _ column: Int, _ body: (Span<UInt8>) throws(E) -> T
  ) throws(E) -> T {
    let bytes = unsafe lend(column)
    defer { endLoan() }
    return try unsafe body(bytes.span)
  }

  /// Returns the value with the type that SQLite stored.
  public func value(_ column: Int) -> SQLiteValue {
    switch type(column) {
    case .integer: .integer(int64(column))
    case .real: .real(double(column))
    case .text: .text(text(column))
    case .blob: .blob(bytes(column))
    case .null: .null
    }
  }

  /// All values of the row.
  public var values: [SQLiteValue] { (0..<columnCount).map { value($0) } }

  @usableFromInline
  func lend(_ column: Int) -> UnsafeBufferPointer<UInt8> {
    unsafe slot.pointee.loans += 1
    return unsafe blob(column)
  }

  @usableFromInline
  func endLoan() {
    unsafe slot.pointee.loans -= 1
  }

  /// Returns the bytes of a column, valid until the next step, reset or conversion.
  private func blob(_ column: Int) -> UnsafeBufferPointer<UInt8> {
    let handle = unsafe slot.pointee.handle
    // Length first, because it turns UTF-16 and numbers into UTF-8, which moves the value.
    let count = unsafe Int(sqlite3_column_bytes(handle, position(column)))
    let start = unsafe sqlite3_column_blob(handle, position(column))
    return unsafe UnsafeBufferPointer(
      start: start?.assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// An index outside Int32 is as invalid as -1.
  private func position(_ column: Int) -> Int32 { Int32(exactly: column) ?? -1 }
}
