/// Conversion of keys and their directories to their stored form.
///
/// `/` separates components; none is empty. `\` is read as `/`, as in certmagic-sqlite, so that one
/// key has one name on every system; unlike there, *every* leading, trailing and repeated separator
/// is removed, so that a stored key is found however it was written.
enum StorageKey {
  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")

  /// Returns the stored form of a key.
  ///
  /// - Throws: `invalidKey` if nothing is left of it.
  static func normalized(_ key: String) throws(StorageError) -> String {
    let normal = normalizedPrefix(key)
    guard !normal.isEmpty else { throw .invalidKey(key) }
    return normal
  }

  /// Returns the stored form of a directory; empty means the root.
  static func normalizedPrefix(_ key: String) -> String {
    if isNormal(key.utf8.span) { return key }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(key.utf8.count)
    for byte in key.utf8 {
      let byte = byte == backslash ? slash : byte
      // Also drops leading ones: an empty result counts as ending in a separator.
      if byte == slash, bytes.last ?? slash == slash { continue }
      bytes.append(byte)
    }
    if bytes.last == slash { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the range of keys below a directory: from the first bound, up to but without the
  /// second.
  ///
  /// `0` is the character after `/`, so the range is exact for any suffix.
  static func range(below directory: String) -> (from: String, upTo: String) {
    (directory + "/", directory + "0")
  }

  private static func isNormal(_ bytes: Span<UInt8>) -> Bool {
    var last = slash
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == backslash || (byte == slash && last == slash) { return false }
      last = byte
    }
    return last != slash
  }
}

/// A string that equals only a string of the same bytes, as in SQLite's BINARY collation.
///
/// Swift's own strings are equal if they are canonically equivalent, which two distinct keys may
/// be.
struct ExactString: Hashable {
  let string: String

  static func == (left: ExactString, right: ExactString) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
  }

  /// Sorts by bytes and removes duplicates.
  static func sortedWithoutRepeats(_ strings: [String]) -> [String] {
    var result: [String] = []
    for string in strings.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    where !(result.last?.utf8.elementsEqual(string.utf8) ?? false) {
      result.append(string)
    }
    return result
  }
}
