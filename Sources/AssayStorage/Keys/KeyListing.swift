/// Keys below a directory, and the entries that a listing makes of them.
struct KeyListing {
  /// All keys that lie below `directory`.
  let keys: [String]
  /// Normalised; empty for the root.
  let directory: String

  init(keys: [String], below directory: String) {
    self.keys = keys
    self.directory = directory
  }

  /// The entries, each once, in the order of their bytes.
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

  /// The directories between `directory` and the key, the outermost first, both ends excluded.
  private func prefixes(of key: String) -> [String] {
    let bytes = Array(key.utf8)
    let start = directory.isEmpty ? 0 : directory.utf8.count + 1
    return bytes.indices.dropFirst(start)
      .filter { bytes[$0] == UInt8(ascii: "/") }
      .map { String(decoding: bytes[..<$0], as: UTF8.self) }
  }
}
