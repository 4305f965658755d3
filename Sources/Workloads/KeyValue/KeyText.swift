/// Renders key numbers as text of 12 bytes, such as `key/00000042`: it sorts as the numbers do, and
/// Swift keeps it without an allocation.
struct KeyText {
  private static let prefix = "key/"
  private static let digits = 8
  private var bytes = Array((prefix + String(repeating: "0", count: digits)).utf8)

  /// Returns the text of a key; from 100,000,000 on it has more digits and no order.
  ///
  /// - Parameter number: not negative.
  mutating func text(of number: Int) -> String {
    var rest = number
    for index in stride(from: bytes.count - 1, through: bytes.count - Self.digits, by: -1) {
      bytes[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
      rest /= 10
    }
    guard rest == 0 else { return Self.prefix + String(number) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the number of a key; `nil` for a foreign key: any but the exact text of a number.
  static func number(_ key: String) -> Int? {
    guard key.hasPrefix(prefix) else { return nil }
    let rest = key.utf8.dropFirst(prefix.utf8.count)
    let zero = UInt8(ascii: "0")
    guard rest.count >= digits, rest.allSatisfy({ (zero...zero + 9).contains($0) }),
      rest.count == digits || rest.first != zero
    else { return nil }
    return Int(key.dropFirst(prefix.count))
  }
}
