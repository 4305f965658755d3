/// Keys below a directory, and the listing entries derived from them.
struct KeyListing {
  /// All keys below `directory`.
  let keys: [String]
  /// Normalised directory; empty for the root.
  let directory: String

  init(keys: [String], below directory: String) {
    self.keys = keys
    self.directory = directory
  }

  /// Returns the entries without duplicates, in byte order.
  func entries(recursive: Bool, _ listing: KeyValueStore.Listing) -> [String] {
    if !recursive {
      return ExactString.sortedWithoutRepeats(keys.map { prefixes(of: $0).first ?? $0 })
    }
    switch listing {
    case .keys: return keys
    case .keysAndDirectories:
      return ExactString.sortedWithoutRepeats(keys + keys.flatMap { prefixes(of: $0) })
    }
  }

  /// Returns the directories between `directory` and the key, outermost first, both ends excluded.
  private func prefixes(of key: String) -> [String] {
    let bytes = Array(key.utf8)
    let start = directory.isEmpty ? 0 : directory.utf8.count + 1
    return bytes.indices.dropFirst(start)
      .filter { bytes[$0] == UInt8(ascii: "/") }
      .map { String(decoding: bytes[..<$0], as: UTF8.self) }
  }
}
