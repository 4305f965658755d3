import AssayModel

extension StorageSettings: SectionDefaults {
  static var defaults: StorageSettings { StorageSettings() }

  /// The keys of `storage:`, including SQLite's pragmas under their own names.
  static let keys: [SettingKey<StorageSettings>] = ownKeys + pragmaKeys

  private static let ownKeys: [SettingKey<StorageSettings>] = [
    .optional(
      "profile", \.profile, .words(StorageProfile.all.map(\.name)),
      "Settings of a framework, a library or an article; other keys of the section override them."),
    .value(
      "journal_mode", \.journalMode, .choice(),
      "PRAGMA journal_mode. In memory the default is memory."),
    .value("synchronous", \.synchronous, .choice(), "PRAGMA synchronous."),
    .value(
      "busy_timeout", \.busyTimeout, .duration(from: .zero, to: .days(1)),
      "How long a locked database is waited for."),
    .value(
      "busy", \.busy, .choice(),
      "The busy handler: none, SQLite's own (sqlite), or Assay's with short even sleeps (fair)."),
    .value(
      "max_open_connections", \.maxOpenConnections, .whole(1...1_024),
      "Connections of topology pool in each process. In memory the default is 1."),
    .value(
      "max_idle_connections", \.maxIdleConnections, .whole(0...1_024),
      "Idle connections kept open; the default is max_open_connections."),
    .value(
      "topology", \.topology, .choice(),
      "How the actors of a process share connections: equal ones (pool), one writer behind a fair"
        + " queue (single-writer), or the same with many writes in one commit (group-commit)."),
    .value(
      "readers", \.readers, .whole(1...1_024),
      "Read connections of topology single-writer and group-commit."),
    .value("allocator", \.allocator, .choice(), "Memory allocator of the worker processes."),
    .value("begin", \.begin, .choice(), "How write transactions begin."),
    .optional(
      "acquire_timeout", \.acquireTimeout, .positiveDuration,
      "How long an actor waits for a connection; without it, without limit."),
    .optional(
      "query_timeout", \.queryTimeout, .positiveDuration,
      "How long one query may run; without it, without limit."),
    .value(
      "vfs", \.vfs, .choice(),
      "SQLite's own file system layer, which decides how files are locked; mixed: unix-dotfile in"
        + " processes with odd numbers, the default in the others."),
    .optional(
      "path", \.path,
      .text(atMost: 4_096, example: ":memory: or /var/tmp/shared.db").drawing([":memory:"]),
      "The database that cells start from a copy of: a path from the scenario (with --set: from the"
        + " current folder), a URI of SQLite with cache, vfs, nolock or psow, or :memory:; without"
        + " it a new file next to the run."),
  ]
}

extension StorageSettings {
  /// SQLite's settings of a connection or a database that need no key of their own.
  ///
  /// Source: sqlite.org/pragma.html, without pragmas that act, report, or belong to one
  /// transaction, and without those that the keys above set.
  private static let pragmaKeys: [SettingKey<StorageSettings>] = [
    .pragma("analysis_limit", .whole(0...1_000_000)),
    .pragma("application_id", .whole(-2_147_483_648...2_147_483_647)),
    .pragma("auto_vacuum", numbered: ["none", "full", "incremental"]),
    .pragma("automatic_index", .flag),
    .pragma("cache_size", .whole(-2_147_483_648...2_147_483_647)),
    .pragma("cache_spill", cacheSpillType, answer: { $0 }),
    .pragma("case_sensitive_like", .flag),
    .pragma("cell_size_check", .flag),
    .pragma("checkpoint_fullfsync", .flag),
    .pragma("encoding", words: ["UTF-8", "UTF-16", "UTF-16le", "UTF-16be"]),
    .pragma("foreign_keys", .flag),
    .pragma("fullfsync", .flag),
    .pragma("hard_heap_limit", .size(0...(1 << 50))),
    .pragma("ignore_check_constraints", .flag),
    .pragma("journal_size_limit", .size(-1...(1 << 50))),
    .pragma("legacy_alter_table", .flag),
    .pragma("locking_mode", words: ["normal", "exclusive"]),
    .pragma("max_page_count", .whole(1...4_294_967_294)),
    .pragma("mmap_size", .size(0...(1 << 50))),
    .pragma(
      "page_size", words: ["512", "1024", "2048", "4096", "8192", "16384", "32768", "65536"]),
    .pragma("read_uncommitted", .flag),
    .pragma("recursive_triggers", .flag),
    .pragma("reverse_unordered_selects", .flag),
    .pragma("secure_delete", words: ["off", "on", "fast"]),
    .pragma("soft_heap_limit", .size(0...(1 << 50))),
    .pragma("temp_store", numbered: ["default", "file", "memory"]),
    .pragma("threads", .whole(0...64)),
    .pragma("trusted_schema", .flag),
    .pragma("wal_autocheckpoint", .whole(0...1_000_000_000)),
  ]

  /// On or off, or the number of pages at which a transaction begins to spill: so 1 is not `on`.
  private static let cacheSpillType: ScalarType<String> = {
    let pages = ScalarType<Int>.whole(2...2_147_483_647)
    return ScalarType(
      allowed: "on, off, or \(pages.allowed)", words: ["on", "off"],
      schema: .object([("anyOf", .array([ScalarType<Bool>.flag.schema, pages.schema]))]),
      parse: { text in
        if case .value(let isOn) = ScalarType<Bool>.flag.parse(text) {
          return .value(isOn ? "on" : "off")
        }
        switch pages.parse(text) {
        case .value(let count): return .value(String(count))
        case .outOfRange: return .outOfRange
        default: return .wrongType
        }
      },
      text: { $0 },
      further: pages.samples)
  }()

  fileprivate func pragma(_ name: String) -> String? {
    pragmas.first { $0.name == name }?.value
  }

  fileprivate mutating func set(_ name: String, to value: String) {
    pragmas.removeAll { $0.name == name }
    pragmas.append(Pragma(name: name, value: value))
  }
}

extension SettingKey where Section == StorageSettings {
  /// A pragma. Its value is kept in the form in which SQLite reads it back, so that a connection
  /// can tell whether it took.
  fileprivate static func pragma<Value>(
    _ name: String, _ type: ScalarType<Value>,
    answer: @escaping @Sendable (Value) -> String
  ) -> SettingKey {
    var schema = type.schema
    // SQLite's own spelling of a boolean.
    if Value.self == Bool.self {
      schema = .object([
        ("anyOf", .array([schema, .object([("enum", .array([.integer(0), .integer(1)]))])]))
      ])
    }
    return SettingKey(
      name: name, documentation: "PRAGMA \(name), on every connection.", schema: schema,
      scalar: Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(answer) },
        canonical: { text in
          guard case .value(let value) = type.parse(text) else { return nil }
          return answer(value)
        },
        current: { $0.pragma(name) }),
      samples: type.samples,
      assign: { section, node, context in
        if let value = type.read(node, &context) { section.set(name, to: answer(value)) }
      })
  }

  fileprivate static func pragma(_ name: String, _ type: ScalarType<Int>) -> SettingKey {
    pragma(name, type, answer: type.text)
  }

  fileprivate static func pragma(_ name: String, _ type: ScalarType<ByteCount>) -> SettingKey {
    pragma(name, type, answer: type.text)
  }

  fileprivate static func pragma(_ name: String, _ type: ScalarType<Bool>) -> SettingKey {
    let numeric = ScalarType<Bool>(
      allowed: type.allowed + ", 1, 0", words: type.words, schema: type.schema,
      parse: { text in
        switch text {
        case "1": .value(true)
        case "0": .value(false)
        default: type.parse(text)
        }
      },
      text: type.text)
    return pragma(name, numeric, answer: { $0 ? "1" : "0" })
  }

  fileprivate static func pragma(_ name: String, words: [String]) -> SettingKey {
    pragma(name, .words(words), answer: { $0 })
  }

  /// A pragma whose words SQLite numbers from 0.
  fileprivate static func pragma(_ name: String, numbered words: [String]) -> SettingKey {
    let numbers = words.indices.map { String($0) }
    return pragma(
      name, .words(words + numbers),
      answer: { word in words.firstIndex(of: word).map { String($0) } ?? word })
  }
}
