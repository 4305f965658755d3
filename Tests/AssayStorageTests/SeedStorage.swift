import AssayModel
import AssayStorage
import SQLiteDriver

/// The algorithm of certmagic-sqlite, with its weaknesses, for tests that show them.
///
/// Written from its documented behaviour: one owner id per process, wall-clock expiry, no renewal,
/// no fencing, a poll of 100 to 149 ms, pragmas on the first connection only.
final class SeedStorage {
  struct NotFound: Error, Equatable {}
  struct QueryTimedOut: Error, Equatable {}
  struct LockTimedOut: Error, Equatable {}

  static let schema = """
    CREATE TABLE IF NOT EXISTS certmagic_data (
      key TEXT PRIMARY KEY,
      value BLOB NOT NULL,
      modified INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS certmagic_locks (
      name TEXT PRIMARY KEY,
      expires_at INTEGER NOT NULL,
      owner_id TEXT NOT NULL
    );
    """

  private(set) var pool: [ConnectionBoxForSeed] = []
  let ownerID: String
  let ttl: Nanoseconds
  let queryTimeout: Nanoseconds
  let environment: StorageEnvironment
  private let options: ConnectionOptions

  init(
    _ path: String, ownerID: String, ttl: Nanoseconds = .seconds(120),
    queryTimeout: Nanoseconds = .seconds(3), connections: Int = 1,
    environment: StorageEnvironment
  ) throws {
    self.ownerID = ownerID
    self.ttl = ttl
    self.queryTimeout = queryTimeout
    self.environment = environment
    options = ConnectionOptions(
      path: path, busy: .sqlite(timeout: .seconds(5)), time: environment.time)
    for _ in 0..<connections { pool.append(ConnectionBoxForSeed(try Connection(options))) }
    // Weakness 9: `db.Exec` sets the pragmas of whichever connection it gets.
    try pool[0].connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")
    try pool[0].connection.execute(Self.schema)
  }

  // MARK: Locks

  func lock(_ name: String, deadline: MonotonicTime? = nil) throws {
    while true {
      if try lockOnce(name) { return }
      let wait = 100 + Int64(environment.random.next() % 50)
      let wake = environment.time.monotonicNow() + .milliseconds(wait)
      if let deadline, wake > deadline {
        try environment.time.sleep(until: deadline)
        throw LockTimedOut()
      }
      try environment.time.sleep(until: wake)
    }
  }

  /// One round: insert, or take over what has expired.
  func lockOnce(_ name: String) throws -> Bool {
    // Weakness 5: the clock is read before the wait for the database.
    let now = environment.time.wallNow().milliseconds
    let expires = now + ttl.millisecondsRoundedUp
    return try query { connection in
      do {
        try connection.withStatement(
          text: "INSERT INTO certmagic_locks(name, expires_at, owner_id) VALUES(?1, ?2, ?3)"
        ) { (statement) throws(SQLiteError) in
          try statement.bind(1, name)
          try statement.bind(2, expires)
          try statement.bind(3, self.ownerID)
          try statement.run()
        }
        return true
      } catch let error as SQLiteError where error.isConstraint {
        try connection.withStatement(
          text: """
            UPDATE certmagic_locks SET expires_at = ?2, owner_id = ?3
            WHERE name = ?1 AND expires_at <= ?4
            """
        ) { (statement) throws(SQLiteError) in
          try statement.bind(1, name)
          try statement.bind(2, expires)
          try statement.bind(3, self.ownerID)
          try statement.bind(4, now)
          try statement.run()
        }
        return connection.changes == 1
      }
    }
  }

  func unlock(_ name: String) throws {
    let count = try query { connection in
      _ = try connection.rows(
        text: "DELETE FROM certmagic_locks WHERE name = ?1 AND owner_id = ?2",
        [.text(name), .text(self.ownerID)])
      return connection.changes
    }
    if count == 0 { throw NotFound() }
  }

  // MARK: Keys

  func store(_ key: String, _ value: [UInt8]?) throws {
    let modified = environment.time.wallNow().milliseconds
    _ = try query { connection in
      try connection.rows(
        text: """
          INSERT INTO certmagic_data(key, value, modified) VALUES(?1, ?2, ?3)
          ON CONFLICT(key) DO UPDATE SET value = excluded.value, modified = excluded.modified
          """,
        [
          .text(self.normalized(key)), value.map { .blob($0) } ?? .null, .integer(modified),
        ])
    }
  }

  func load(_ key: String) throws -> [UInt8] {
    let rows = try query {
      try $0.rows(
        text: "SELECT value FROM certmagic_data WHERE key = ?1", [.text(self.normalized(key))])
    }
    guard case .blob(let value)? = rows.first?.first else { throw NotFound() }
    return value
  }

  func delete(_ key: String) throws {
    let key = normalized(key)
    _ = try query {
      try $0.rows(
        text: "DELETE FROM certmagic_data WHERE key = ?1 OR (key >= ?2 AND key < ?3)",
        [.text(key), .text(key + "/"), .text(key + "/\u{FFFF}")])
    }
  }

  func list(_ prefix: String) throws -> [String] {
    let key = normalized(prefix)
    let rows = try query {
      try $0.rows(
        text: "SELECT key FROM certmagic_data WHERE key >= ?1 AND key < ?2 ORDER BY key",
        [.text(key + "/"), .text(key + "/\u{FFFF}")])
    }
    guard !rows.isEmpty else { throw NotFound() }
    return rows.map { "\($0[0])" }
  }

  /// `\` to `/`, one leading `/` dropped, `//` folded.
  func normalized(_ key: String) -> String {
    var bytes = key.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
    if bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
    var folded: [UInt8] = []
    for byte in bytes where !(byte == UInt8(ascii: "/") && folded.last == byte) {
      folded.append(byte)
    }
    return String(decoding: folded, as: UTF8.self)
  }

  /// Weakness 6: its own timeout governs, whatever the caller's deadline is.
  private func query<Value>(_ body: (inout Connection) throws -> Value) throws -> Value {
    let deadline = environment.time.monotonicNow() + queryTimeout
    do {
      return try pool[0].connection.withDeadline(deadline, body)
    } catch let error as SQLiteError where error.cutShort == .deadline {
      throw QueryTimedOut()
    }
  }
}

/// Holds a connection in an array.
final class ConnectionBoxForSeed {
  var connection: Connection

  init(_ connection: consuming Connection) { self.connection = connection }
}
