public import AssayModel

/// Code to open a database with some settings in one language, as text to copy.
public struct OpenOptions: Codable, Equatable, Sendable {
  /// Language and library.
  public var language: String
  /// Lines of code.
  public var text: String

  /// Returns the code for SQL first, then for the languages.
  public static func all(_ storage: StorageSettings) -> [OpenOptions] {
    let pragmas = pragmas(storage)
    return [
      OpenOptions(language: "SQL", text: sql(storage)),
      OpenOptions(language: "Go, mattn/go-sqlite3", text: mattn(storage, pragmas)),
      OpenOptions(language: "Go, modernc.org/sqlite", text: modernc(storage, pragmas)),
      OpenOptions(language: "Swift, GRDB", text: grdb(storage, pragmas)),
      OpenOptions(language: "Python, sqlite3", text: python(storage, pragmas)),
      OpenOptions(language: "Rust, rusqlite", text: rusqlite(storage, pragmas)),
      OpenOptions(language: "Ruby, sqlite3", text: ruby(storage, pragmas)),
    ]
  }

  /// Returns the statements for a connection, one per line, in the order in which they must run.
  public static func sql(_ storage: StorageSettings) -> String {
    pragmas(storage).map { "PRAGMA \($0.name) = \($0.value);" }.joined(separator: "\n")
  }

  /// Returns the pragmas for every connection. Those that shape the file come first: they only take
  /// effect in an empty database, or at the next VACUUM outside of WAL mode.
  private static func pragmas(_ storage: StorageSettings) -> [StorageSettings.Pragma] {
    let shapes: Set = ["page_size", "auto_vacuum", "encoding"]
    let timeout = storage.busy == .none ? 0 : milliseconds(storage)
    let own: [StorageSettings.Pragma] = [
      .init(name: "busy_timeout", value: "\(timeout)"),
      .init(name: "journal_mode", value: storage.journalMode.rawValue.uppercased()),
      .init(name: "synchronous", value: storage.synchronous.rawValue.uppercased()),
    ]
    let further = storage.pragmas.map { pragma in
      // SQLite accepts a word with a hyphen only in quotes.
      pragma.value.contains("-") && Int(pragma.value) == nil
        ? StorageSettings.Pragma(name: pragma.name, value: "'\(pragma.value)'") : pragma
    }
    return further.filter { shapes.contains($0.name) } + own
      + further.filter { !shapes.contains($0.name) }
  }

  private static func milliseconds(_ storage: StorageSettings) -> Int64 {
    storage.busyTimeout.rawValue / 1_000_000
  }

  /// Returns the number of connections in a pool, 1 for any other topology.
  private static func writers(_ storage: StorageSettings) -> Int {
    storage.topology == .pool ? storage.maxOpenConnections : 1
  }

  /// Returns notes on settings without an option: sharing of connections, and waiting.
  private static func notes(_ storage: StorageSettings, _ mark: String) -> [String] {
    var notes: [String] = []
    switch storage.topology {
    case .pool: break
    case .singleWriter:
      notes.append("\(mark) one connection for all writers, \(storage.readers) for readers")
    case .groupCommit:
      notes.append(
        "\(mark) one writer that puts the writes of many callers into one transaction; "
          + "\(storage.readers) connections for readers")
    }
    if storage.busy == .fair {
      notes.append("\(mark) busy handler: sleep 1 ms again and again until the timeout, no backoff")
    }
    return notes
  }

  // MARK: Languages

  /// Source: mattn/go-sqlite3 1.14, README, "Connection String"; other pragmas go through a hook.
  private static func mattn(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let known: Set = [
      "busy_timeout", "journal_mode", "synchronous", "cache_size", "foreign_keys", "auto_vacuum",
      "locking_mode", "recursive_triggers", "secure_delete", "ignore_check_constraints",
    ]
    let inName = pragmas.filter { known.contains($0.name) }.map { "_\($0.name)=\($0.value)" }
    let parts = (inName + ["_txlock=\(storage.begin.rawValue)"]).joined(separator: "&")
    let others = pragmas.filter { !known.contains($0.name) }
    var lines: [String] = []
    var driver = "sqlite3"
    if !others.isEmpty {
      driver = "sqlite3_tuned"
      let statements = others.map { "PRAGMA \($0.name) = \($0.value);" }.joined(separator: " ")
      lines += [
        "sql.Register(\"\(driver)\", &sqlite3.SQLiteDriver{",
        "  ConnectHook: func(c *sqlite3.SQLiteConn) error {",
        "    _, err := c.Exec(`\(statements)`, nil)", "    return err", "  }})",
      ]
    }
    lines += [
      "db, err := sql.Open(\"\(driver)\", \"file:app.db?\(parts)\")",
      "db.SetMaxOpenConns(\(writers(storage)))",
    ]
    return (lines + notes(storage, "//")).joined(separator: "\n")
  }

  /// Source: modernc.org/sqlite, Driver.Open: `_pragma=name(value)`, busy_timeout first.
  private static func modernc(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let parts =
      pragmas.map { "_pragma=\($0.name)(\($0.value))" }
      + ["_txlock=\(storage.begin.rawValue)"]
    let lines = [
      "db, err := sql.Open(\"sqlite\", \"file:app.db?\(parts.joined(separator: "&"))\")",
      "db.SetMaxOpenConns(\(writers(storage)))",
    ]
    return (lines + notes(storage, "//")).joined(separator: "\n")
  }

  /// Source: groue/GRDB.swift 7, Configuration and DatabasePool. A pool sets WAL and NORMAL after
  /// `prepareDatabase`, so `synchronous` of its writer is set once more.
  private static func grdb(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let isPool = storage.journalMode == .wal
    let seconds = Double(milliseconds(storage)) / 1_000
    var lines = [
      "var configuration = Configuration()",
      storage.busy == .none
        ? "configuration.busyMode = .immediateError"
        : "configuration.busyMode = .timeout(\(seconds))",
    ]
    if isPool {
      let readers =
        storage.topology == .pool ? max(1, storage.maxOpenConnections - 1) : storage.readers
      lines.append("configuration.maximumReaderCount = \(readers)")
    }
    lines.append("configuration.prepareDatabase { db in")
    let skipped: Set = isPool ? ["busy_timeout", "journal_mode"] : ["busy_timeout"]
    for pragma in pragmas where !skipped.contains(pragma.name) {
      lines.append("  try db.execute(sql: \"PRAGMA \(pragma.name) = \(pragma.value)\")")
    }
    lines.append("}")
    let kind = isPool ? "DatabasePool" : "DatabaseQueue"
    lines.append(
      "let database = try \(kind)(path: \"app.db\", configuration: configuration)")
    if isPool, storage.synchronous != .normal {
      let level = storage.synchronous.rawValue.uppercased()
      lines += [
        "try database.writeWithoutTransaction { db in",
        "  try db.execute(sql: \"PRAGMA synchronous = \(level)\")", "}",
      ]
    }
    return (lines + notes(storage, "//")).joined(separator: "\n")
  }

  /// Source: docs.python.org/3/library/sqlite3.html, `connect`.
  private static func python(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let seconds = storage.busy == .none ? 0 : Double(milliseconds(storage)) / 1_000
    let begin = storage.begin.rawValue.uppercased()
    let open =
      "con = sqlite3.connect(\"app.db\", timeout=\(seconds), isolation_level=\"\(begin)\")"
    let lines = pragmas.filter { $0.name != "busy_timeout" }
      .map { "con.execute(\"PRAGMA \($0.name) = \($0.value)\")" }
    return ([open] + lines + notes(storage, "#")).joined(separator: "\n")
  }

  /// Source: docs.rs/rusqlite, `Connection`.
  private static func rusqlite(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let statements = pragmas.filter { $0.name != "busy_timeout" }
      .map { "    PRAGMA \($0.name) = \($0.value);" }
    let timeout = storage.busy == .none ? 0 : milliseconds(storage)
    let begin = storage.begin.rawValue.withCapital
    let lines =
      [
        "let mut conn = Connection::open(\"app.db\")?;",
        "conn.busy_timeout(Duration::from_millis(\(timeout)))?;", "conn.execute_batch(\"",
      ] + statements + [
        "\")?;", "let tx = conn.transaction_with_behavior(TransactionBehavior::\(begin))?;",
      ]
    return (lines + notes(storage, "//")).joined(separator: "\n")
  }

  /// Source: sparklemotion/sqlite3-ruby 2, `SQLite3::Database`.
  private static func ruby(
    _ storage: StorageSettings, _ pragmas: [StorageSettings.Pragma]
  ) -> String {
    let timeout = storage.busy == .none ? 0 : milliseconds(storage)
    let isFair = storage.busy == .fair
    let wait = isFair ? "db.busy_handler_timeout = \(timeout)" : "db.busy_timeout = \(timeout)"
    let mode = storage.begin.rawValue
    let lines =
      [
        "db = SQLite3::Database.new(\"app.db\", default_transaction_mode: :\(mode))", wait,
      ]
      + pragmas.filter { $0.name != "busy_timeout" }
      .map { "db.execute(\"PRAGMA \($0.name) = \($0.value)\")" }
    let rest = notes(storage, "#").filter { !isFair || !$0.contains("busy handler") }
    return (lines + rest).joined(separator: "\n")
  }
}

extension String {
  /// The string with its first letter in upper case.
  fileprivate var withCapital: String { prefix(1).uppercased() + dropFirst() }
}
