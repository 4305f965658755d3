public import AssayModel
public import SQLiteDriver

/// A key-value store in a table that certmagic-sqlite can read and write as well.
///
/// Keys are `/`-separated; a key with a value is a file, and a key with other keys below it is a
/// directory; one key may be both. Keys are normalised: `\` means `/`, and leading, trailing and
/// repeated separators do not count. They are compared by their bytes. Every function blocks until
/// it is done, and a load sees the last store.
public struct KeyValueStore: Sendable {
  /// Result of `stat` for a key.
  public struct Status: Hashable, Sendable {
    /// Normalised key.
    public var key: String
    /// Time at which the key was stored; for a directory, the newest time below it.
    public var modified: WallTime
    /// Size of the value in bytes; 0 for a directory.
    public var size: Int64
    /// True if the key has a value; `false` for a directory.
    public var isTerminal: Bool

    /// Creates a status.
    public init(key: String, modified: WallTime, size: Int64, isTerminal: Bool) {
      self.key = key
      self.modified = modified
      self.size = size
      self.isTerminal = isTerminal
    }
  }

  /// Content of a recursive `list`.
  public enum Listing: Hashable, Sendable {
    /// Keys with a value.
    case keys
    /// Keys with a value and the directories that contain them.
    case keysAndDirectories
  }

  /// Database that contains the table.
  public let database: Database

  /// Opens the store and creates its table if it is missing.
  public init(_ database: Database) throws(StorageError) {
    self.database = database
    try Schema.createDataTable(in: database)
  }

  /// Creates or replaces a value; an empty value is valid.
  ///
  /// - Parameter deadline: replaces all configured timeouts.
  /// - Throws: `invalidKey`, and as `Database.write`.
  public func store(
    key: String, value: [UInt8], deadline: MonotonicTime? = nil
  ) throws(StorageError) {
    try store(key: NormalKey(key), value: value, deadline: deadline)
  }

  /// Creates or replaces a value under a key that is already normalised.
  ///
  /// - Throws: as `Database.write`.
  public func store(
    key: NormalKey, value: [UInt8], deadline: MonotonicTime? = nil
  ) throws(StorageError) {
    let modified = database.environment.time.wallNow().milliseconds
    try converting {
      try database.writeStatement(deadline: deadline) { connection in
        try connection.withStatement(Queries.store) { (statement) throws(SQLiteError) in
          try statement.bind(1, key.text)
          try statement.bind(2, value)
          try statement.bind(3, modified)
          try statement.run()
        }
      }
    }
  }

  /// Lends a value without copying it.
  ///
  /// - Parameter body: gets the bytes while it runs; must not use the database.
  /// - Throws: `notFound`, `invalidKey`, and as `Database.read`.
  @inlinable
  public func load<Value>(
    _ key: String, deadline: MonotonicTime? = nil, _ body: (Span<UInt8>) -> Value
  ) throws(StorageError) -> Value {
    try load(NormalKey(key), deadline: deadline, body)
  }

  /// Lends a value under a key that is already normalised.
  ///
  /// - Throws: `notFound`, and as `Database.read`.
  @inlinable
  public func load<Value>(
    _ key: NormalKey, deadline: MonotonicTime? = nil, _ body: (Span<UInt8>) -> Value
  ) throws(StorageError) -> Value {
    var value: Value?
    try find(key, deadline) { row in value = row.withBytes(0, body) }
    guard let value else { throw .notFound(key.text) }
    return value
  }

  /// Returns a value.
  ///
  /// - Throws: as the form that lends it.
  public func load(_ key: String, deadline: MonotonicTime? = nil) throws(StorageError) -> [UInt8] {
    var value: [UInt8] = []
    try find(NormalKey(key), deadline) { row in value = row.bytes(0) }
    return value
  }

  /// Deletes a key, and everything below it if it is a directory; a missing key is not an error.
  ///
  /// - Returns: number of values deleted.
  /// - Throws: `invalidKey`, and as `Database.write`.
  @discardableResult
  public func delete(_ key: String, deadline: MonotonicTime? = nil) throws(StorageError) -> Int {
    let key = try StorageKey.normalized(key)
    let below = StorageKey.range(below: key)
    return try converting {
      try database.writeStatement(deadline: deadline) { connection in
        try connection.run(Queries.delete, key, below.from, below.upTo)
        return connection.changes
      }
    }
  }

  /// Returns true if a key has a value or is a directory.
  ///
  /// - Throws: `invalidKey`, and as `Database.read`.
  public func exists(_ key: String, deadline: MonotonicTime? = nil) throws(StorageError) -> Bool {
    let key = try StorageKey.normalized(key)
    let below = StorageKey.range(below: key)
    return try converting {
      try database.read(deadline: deadline) { connection in
        try connection.first(Queries.exists, key, below.from, below.upTo) { $0.int64(0) } == 1
      }
    }
  }

  /// Describes a key or directory; a key that is both is described as a key.
  ///
  /// - Throws: `notFound`, `invalidKey`, and as `Database.read`.
  public func stat(_ key: String, deadline: MonotonicTime? = nil) throws(StorageError) -> Status {
    let key = try StorageKey.normalized(key)
    let below = StorageKey.range(below: key)
    let status: Status? = try converting {
      try database.read(deadline: deadline) { connection in
        try connection.first(Queries.stat, key, below.from, below.upTo) { row in
          Status(
            key: key, modified: WallTime(milliseconds: row.int64(0)), size: row.int64(1),
            isTerminal: row.int64(2) == 1)
        }
      }
    }
    guard let status else { throw .notFound(key) }
    return status
  }

  /// Lists the entries below a directory, each once by its full key, in byte order.
  ///
  /// - Parameters:
  ///   - directory: the root if omitted, or if empty once normalised.
  ///   - recursive: `false` lists the immediate children, keys and directories alike.
  ///   - listing: content of a recursive list.
  /// - Throws: `notFound` if there are no entries, and as `Database.read`.
  public func list(
    _ directory: String = "", recursive: Bool, _ listing: Listing = .keys,
    deadline: MonotonicTime? = nil
  ) throws(StorageError) -> [String] {
    let directory = StorageKey.normalizedPrefix(directory)
    let keys: [String] = try converting {
      try database.read(deadline: deadline) { connection in
        if directory.isEmpty { return try connection.all(Queries.listAll) { $0.text(0) } }
        let below = StorageKey.range(below: directory)
        return try connection.all(Queries.list, below.from, below.upTo) { $0.text(0) }
      }
    }
    guard !keys.isEmpty else { throw .notFound(directory) }
    return KeyListing(keys: keys, below: directory).entries(recursive: recursive, listing)
  }

  /// Passes the row of a key to `read`.
  ///
  /// - Throws: `notFound` without having called `read`, and as `load`.
  @usableFromInline
  func find(
    _ key: NormalKey, _ deadline: MonotonicTime?, _ read: (borrowing Statement) -> Void
  ) throws(StorageError) {
    let isThere = try converting {
      try database.read(deadline: deadline) { connection in
        try connection.withStatement(Queries.load) { (row) throws(SQLiteError) -> Bool in
          try row.bind(1, key.text)
          guard try row.step() else { return false }
          read(row)
          return true
        }
      }
    }
    guard isThere else { throw .notFound(key.text) }
  }
}

private enum Queries {
  static let store = SQL(
    """
    INSERT INTO certmagic_data(key, value, modified) VALUES(?1, ?2, ?3)
    ON CONFLICT(key) DO UPDATE SET value = excluded.value, modified = excluded.modified
    """)
  static let load = SQL("SELECT value FROM certmagic_data WHERE key = ?1")
  static let delete = SQL(
    "DELETE FROM certmagic_data WHERE key = ?1 OR (key >= ?2 AND key < ?3)")
  static let exists = SQL(
    """
    SELECT EXISTS(SELECT 1 FROM certmagic_data WHERE key = ?1)
      OR EXISTS(SELECT 1 FROM certmagic_data WHERE key >= ?2 AND key < ?3)
    """)
  /// One statement, so that key and directory are looked up in the same state of the database.
  static let stat = SQL(
    """
    SELECT modified, length(value), 1 FROM certmagic_data WHERE key = ?1
    UNION ALL
    SELECT newest, 0, 0
      FROM (SELECT max(modified) AS newest FROM certmagic_data WHERE key >= ?2 AND key < ?3)
      WHERE newest IS NOT NULL
    """)
  static let list = SQL("SELECT key FROM certmagic_data WHERE key >= ?1 AND key < ?2 ORDER BY key")
  static let listAll = SQL("SELECT key FROM certmagic_data ORDER BY key")
}
