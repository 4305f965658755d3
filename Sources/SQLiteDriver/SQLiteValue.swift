/// An SQLite value whose type is known only at run time.
public enum SQLiteValue: Hashable, Sendable {
  /// NULL.
  case null
  /// A 64-bit integer.
  case integer(Int64)
  /// A floating-point number.
  case real(Double)
  /// Text.
  case text(String)
  /// Bytes.
  case blob([UInt8])
}

extension SQLiteValue: CustomStringConvertible {
  /// The value in readable form; a blob as hexadecimal digits.
  public var description: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    case .blob(let bytes): "x'" + bytes.map(hexadecimal).joined() + "'"
    }
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}

/// The types with which SQLite stores values.
public enum SQLiteType: UInt8, Hashable, Sendable, CaseIterable {
  /// NULL.
  case null = 0
  /// A 64-bit integer.
  case integer = 1
  /// A floating-point number.
  case real = 2
  /// Text.
  case text = 3
  /// Bytes.
  case blob = 4
}
