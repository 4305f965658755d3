/// Rules for pragmas: order, names of values, and which can be read back. Pure. Source:
/// pragma.html; `getSafetyLevel` and `sqlite3Pragma` in pragma.c.
enum PragmaRules {
  /// Checks for letters, digits, underscores, and at most one dot after a schema name.
  static func isWellFormed(_ name: String) -> Bool {
    var dots = 0
    var length = 0
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        length += 1
      case UInt8(ascii: ".") where length > 0:
        dots += 1
        length = 0
      default: return false
      }
    }
    return length > 0 && dots <= 1
  }

  /// Returns the name without schema, in lower case.
  static func base(_ name: String) -> String {
    // Nearly every name is already in this form: connections are opened by the thousand.
    let isPlain = name.utf8.allSatisfy { byte in
      byte != UInt8(ascii: ".") && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    if isPlain { return name }
    return (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
  }

  /// Returns the value as a literal: a number unchanged, anything else as a string.
  static func quoted(_ value: String) -> String {
    if Int64(value) != nil { return value }
    return "'"
      + value.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "''") + "'"
  }

  /// Pragmas that take effect only while the database has no page yet, in the order in which they
  /// must be set: `auto_vacuum` writes the first page, with the current size and encoding.
  static let formatOrder = ["page_size", "encoding", "auto_vacuum"]

  /// Returns true if the pragma takes effect only while the database has no page yet.
  static func mustComeFirst(_ name: String) -> Bool { formatOrder.contains(base(name)) }

  /// Returns true if reading the pragma returns its value; the others are commands, or return
  /// nothing.
  static func canBeReadBack(_ name: String) -> Bool {
    ![
      "case_sensitive_like", "incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint",
    ].contains(base(name))
  }

  /// Returns true if the pragma would replace the busy handler behind the connection's back.
  static func belongsToBusyPolicy(_ name: String) -> Bool { base(name) == "busy_timeout" }

  /// Returns true if SQLite's answer is the requested value.
  static func agrees(_ pragma: Pragma, answer: String) -> Bool {
    let name = base(pragma.name)
    let wanted = pragma.value.lowercased()
    let answer = answer.lowercased()
    if wanted == answer { return true }
    if name == "encoding" {
      return encoding(answer).hasPrefix(encoding(wanted)) && encoding(wanted).count >= 4
    }
    guard let number = number(name, wanted), let answered = Self.number(name, answer) else {
      return false
    }
    switch name {
    // On or off, or the number of pages at which it begins, unless the cache is larger: the answer
    // is the larger of the two, also to `on` (sqlite3PcacheSetSpillsize in pcache.c).
    case "cache_spill":
      return wanted == "0" || Int64(wanted) == nil
        ? (number == 0) == (answered == 0) : number <= answered
    // 0 and below turn it off.
    case "wal_autocheckpoint": return max(0, number) == answered
    // Below 0 there is no limit, and the answer is -1.
    case "journal_size_limit": return max(-1, number) == answered
    default: return number == answered
    }
  }

  /// Returns the number behind a pragma's value, or nil if it is neither a number nor a known name.
  static func number(_ pragma: String, _ value: String) -> Int64? {
    if let number = Int64(value) { return number }
    if let names = names[pragma] {
      // The index is the number.
      if let place = names.firstIndex(of: value) { return Int64(place) }
      if pragma != "synchronous" && pragma != "secure_delete" { return nil }
    }
    switch value {
    case "on", "yes", "true": return 1
    case "off", "no", "false": return 0
    default: return nil
    }
  }

  private static let names: [String: [String]] = [
    "synchronous": ["off", "normal", "full", "extra"],
    "temp_store": ["default", "file", "memory"],
    "auto_vacuum": ["none", "full", "incremental"],
    "secure_delete": ["off", "on", "fast"],
  ]

  private static func encoding(_ value: String) -> String {
    String(value.filter { $0 != "-" })
  }

  /// Returns a hint at the usual reason why a setting was not taken.
  static func hint(_ pragma: Pragma, answer: String?) -> String {
    guard let answer else { return "SQLite may not know this pragma, or not for this database" }
    switch base(pragma.name) {
    case "journal_mode" where answer == "memory":
      return "a database in memory has no journal file"
    case "page_size", "auto_vacuum", "encoding":
      return "it only takes while the database is empty"
    case "mmap_size":
      return "the library or the VFS caps it"
    default:
      return ""
    }
  }
}
