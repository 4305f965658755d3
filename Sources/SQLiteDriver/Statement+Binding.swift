import CSQLite

extension Statement {
  /// Binds an integer.
  ///
  /// - Parameter index: number of the parameter, from 1.
  /// - Throws: RANGE if there is no such parameter.
  public func bind(_ index: Int, _ value: Int64) throws(SQLiteError) {
    try check(unsafe slot.pointee.bind(parameter(index), integer: value), index)
  }

  /// Binds an integer.
  public func bind(_ index: Int, _ value: Int) throws(SQLiteError) {
    try bind(index, Int64(value))
  }

  /// Binds a floating-point number; a NaN becomes NULL.
  public func bind(_ index: Int, _ value: Double) throws(SQLiteError) {
    try check(unsafe slot.pointee.bind(parameter(index), double: value), index)
  }

  /// Binds NULL.
  public func bindNull(_ index: Int) throws(SQLiteError) {
    try check(unsafe slot.pointee.bindNull(parameter(index)), index)
  }

  /// Binds text.
  public func bind(_ index: Int, _ value: String) throws(SQLiteError) {
    let utf8 = value.utf8
    let code = unsafe utf8.withContiguousStorageIfAvailable { bytes in
      unsafe slot.pointee.bind(parameter(index), text: UnsafeRawBufferPointer(bytes))
    }
    if let code { return try check(code, index) }
    // Strings are always contiguous except behind a bridge to Objective-C.
    let copied = unsafe Array(utf8).withUnsafeBytes { bytes in
      unsafe slot.pointee.bind(parameter(index), text: bytes)
    }
    try check(copied, index)
  }

  /// Binds bytes as a blob; no bytes give a blob of length 0, not NULL.
  public func bind(_ index: Int, _ value: [UInt8]) throws(SQLiteError) {
    let code = unsafe value.withUnsafeBytes { bytes in
      unsafe slot.pointee.bind(parameter(index), blob: bytes)
    }
    try check(code, index)
  }

  /// Binds bytes as a blob; no bytes give a blob of length 0, not NULL.
  public func bind(_ index: Int, _ value: ArraySlice<UInt8>) throws(SQLiteError) {
    let code = unsafe value.withUnsafeBytes { bytes in
      unsafe slot.pointee.bind(parameter(index), blob: bytes)
    }
    try check(code, index)
  }

  /// Binds bytes as a blob; no bytes give a blob of length 0, not NULL.
  public func bind(_ index: Int, _ value: Span<UInt8>) throws(SQLiteError) {
    let code = unsafe value.withUnsafeBytes { bytes in
      unsafe slot.pointee.bind(parameter(index), blob: bytes)
    }
    try check(code, index)
  }

  /// Binds UTF-8 bytes as text, without creating a string.
  public func bindText(_ index: Int, utf8 value: Span<UInt8>) throws(SQLiteError) {
    let code = unsafe value.withUnsafeBytes { bytes in
      unsafe slot.pointee.bind(parameter(index), text: bytes)
    }
    try check(code, index)
  }

  /// Binds a value whose type is known only at run time.
  public func bind(_ index: Int, _ value: SQLiteValue) throws(SQLiteError) {
    switch value {
    case .null: try bindNull(index)
    case .integer(let number): try bind(index, number)
    case .real(let number): try bind(index, number)
    case .text(let text): try bind(index, text)
    case .blob(let bytes): try bind(index, bytes)
    }
  }

  /// An index outside Int32 is as invalid as 0, for which SQLite returns RANGE.
  private func parameter(_ index: Int) -> Int32 { Int32(exactly: index) ?? 0 }

  private func check(_ code: Int32, _ index: Int) throws(SQLiteError) {
    guard code != SQLITE_OK else { return }
    throw failure(code, .bind(parameter: index))
  }
}

/// A value that can be bound to a parameter of a statement.
public protocol SQLiteBindable {
  /// Binds the value to the parameter `index`, from 1.
  func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError)
}

extension Int64: SQLiteBindable {
  /// Binds an integer.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension Int: SQLiteBindable {
  /// Binds an integer.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension Double: SQLiteBindable {
  /// Binds a floating-point number.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension String: SQLiteBindable {
  /// Binds text.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension [UInt8]: SQLiteBindable {
  /// Binds a blob.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension ArraySlice<UInt8>: SQLiteBindable {
  /// Binds a blob.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
  /// Binds the value, or NULL.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    if let value = self {
      try value.bind(to: statement, at: index)
    } else {
      try statement.bindNull(index)
    }
  }
}

extension SQLiteValue: SQLiteBindable {
  /// Binds the value.
  @inlinable
  public func bind(to statement: borrowing Statement, at index: Int) throws(SQLiteError) {
    try statement.bind(index, self)
  }
}
