/// Which pragmas are looked at, and what their answers mean. Pure.
enum DatabaseSettings {
  /// Read from the connection before anything can change them.
  static let first = ["busy_timeout"]
  /// Content of the file, and the settings that live in it.
  static let stored = [
    "page_size", "page_count", "freelist_count", "auto_vacuum", "encoding", "user_version",
    "application_id",
  ]
  /// Settings that every connection begins with anew.
  static let perConnection = [
    "synchronous", "busy_timeout", "foreign_keys", "cache_size", "mmap_size",
    "wal_autocheckpoint", "journal_size_limit", "locking_mode", "temp_store", "secure_delete",
  ]

  /// Puts the answers in order and words.
  ///
  /// - Parameters:
  ///   - answers: by name of the pragma; one that gave no answer is left out.
  ///   - isWAL: what the file's header says; the only journal mode that a file keeps.
  static func all(answers: [String: String], isWAL: Bool) -> [DatabaseSetting] {
    var settings = [
      DatabaseSetting(
        name: "journal_mode", value: isWAL ? "wal" : "delete",
        meaning: isWAL ? nil : "the default: a file keeps no mode but WAL",
        home: isWAL ? .file : .connection)
    ]
    let pageSize = answers["page_size"].flatMap { Int64($0) }
    for (names, home) in [(stored, DatabaseSetting.Home.file), (perConnection, .connection)] {
      for name in names {
        guard let value = answers[name] else { continue }
        settings.append(
          DatabaseSetting(
            name: name, value: value, meaning: meaning(name, value, pageSize: pageSize), home: home)
        )
      }
    }
    return settings
  }

  /// The names of values that are codes; the place is the number.
  private static let words: [String: [String]] = [
    "auto_vacuum": ["none", "full", "incremental"],
    "synchronous": ["off", "normal", "full", "extra"],
    "temp_store": ["default", "file", "memory"],
    "secure_delete": ["off", "on", "fast"],
    "foreign_keys": ["not enforced", "enforced"],
  ]

  private static func meaning(_ name: String, _ value: String, pageSize: Int64?) -> String? {
    guard let number = Int64(value) else { return nil }
    if let words = words[name] {
      return words.indices.contains(Int(number)) ? words[Int(number)] : nil
    }
    switch name {
    case "busy_timeout": return number == 0 ? "no waiting: SQLITE_BUSY immediately" : "milliseconds"
    case "cache_size": return number < 0 ? "\(number.magnitude) KiB" : "pages"
    case "mmap_size": return number == 0 ? "off" : "bytes"
    case "wal_autocheckpoint": return number == 0 ? "never" : "pages"
    case "journal_size_limit": return number < 0 ? "no limit" : "bytes"
    case "page_size": return "bytes"
    case "page_count":
      guard let pageSize, number.multipliedReportingOverflow(by: pageSize).overflow == false else {
        return nil
      }
      return "\(number * pageSize) bytes"
    case "freelist_count": return "unused pages"
    default: return nil
    }
  }
}
