/// The point in the settings space at which a cell runs: the `storage:` section of a scenario.
public struct StorageSettings: Hashable, Codable, Sendable {
  /// SQLite's journal modes.
  public enum JournalMode: String, CaseIterable, Codable, Sendable {
    case delete, truncate, persist, memory, wal, off
  }

  /// SQLite's `synchronous` levels.
  public enum Synchronous: String, CaseIterable, Codable, Sendable {
    case off, normal, full, extra
  }

  /// What a connection does when the database is locked.
  public enum Busy: String, CaseIterable, Codable, Sendable {
    /// SQLITE_BUSY at once.
    case none
    /// SQLite's own handler: sleeps that grow from 1 to 100 ms.
    case sqlite
    /// Assay's handler: short constant sleeps, so that the longest waiter is not the least likely.
    case fair
  }

  /// How the actors of a process share connections.
  public enum Topology: String, CaseIterable, Codable, Sendable {
    /// Equal connections, waiters served in order.
    case pool
    /// One write connection behind a fair queue, and `readers` read-only ones.
    case singleWriter = "single-writer"
    /// Like `singleWriter`, with the writes of many actors in one transaction.
    case groupCommit = "group-commit"
  }

  /// The allocator of the worker process.
  public enum Allocator: String, CaseIterable, Codable, Sendable {
    case system, jemalloc
  }

  /// How write transactions begin.
  public enum Begin: String, CaseIterable, Codable, Sendable {
    case deferred, immediate, exclusive
  }

  /// Which of SQLite's own file system layers the connections use: they differ in how they lock.
  public enum FileSystemLayer: String, CaseIterable, Codable, Sendable {
    /// The library's default, which on unix locks with `fcntl`.
    case standard = "default"
    /// Locks that are files beside the database.
    case unixDotfile = "unix-dotfile"
    /// No locks at all.
    case unixNone = "unix-none"
    /// `unix-dotfile` in processes with odd numbers, the default in the others: neither sees the
    /// other's locks.
    case mixed
  }

  /// One further pragma, applied to every connection and read back.
  public struct Pragma: Hashable, Codable, Sendable {
    /// The pragma's own name, such as `cache_size`.
    public var name: String
    /// The value as text, as it is written into the statement.
    public var value: String

    /// Creates a setting.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// One parameter of a URI, such as `cache=shared`.
  public struct URIParameter: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: String

    /// Creates a parameter.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Name of the profile these settings started from, if any.
  public var profile: String?
  /// `PRAGMA journal_mode`.
  public var journalMode: JournalMode = .wal
  /// `PRAGMA synchronous`.
  public var synchronous: Synchronous = .normal
  /// How long a locked database is waited for; at least 0.
  public var busyTimeout: Nanoseconds = .seconds(5)
  /// Who waits.
  public var busy: Busy = .sqlite
  /// Connections of topology `pool`; at least 1.
  public var maxOpenConnections: Int = 4
  /// Idle connections kept open; 0...maxOpenConnections, default the same.
  public var maxIdleConnections: Int = 4
  /// How the actors of a process share connections.
  public var topology: Topology = .pool
  /// Read connections of the topologies with one writer; at least 1.
  public var readers: Int = 4
  /// The allocator of the worker process.
  public var allocator: Allocator = .system
  /// How write transactions begin.
  public var begin: Begin = .immediate
  /// How long an actor waits for a connection; `nil` without limit.
  public var acquireTimeout: Nanoseconds?
  /// How long one query may run; `nil` without limit.
  public var queryTimeout: Nanoseconds?
  /// Where the database lives: `nil` for a file beside the run, `:memory:`, or a path.
  public var path: String?
  /// Parameters of the URI that named the path, with which every connection of the load is opened;
  /// `nil` for none.
  public var uriParameters: [URIParameter]?
  /// Which of SQLite's own file system layers the connections use.
  public var vfs: FileSystemLayer = .standard
  /// Every further pragma, in the order of the file.
  public var pragmas: [Pragma] = []

  /// Creates the defaults.
  public init() {}

  /// Whether the database lives in one connection's memory.
  public var isInMemory: Bool { path == ":memory:" }
}

/// The `locks:` section of a scenario.
public struct LockSettings: Hashable, Codable, Sendable {
  /// Where owner identifiers come from.
  public enum Owner: String, CaseIterable, Codable, Sendable {
    /// A new one for each incarnation of a process.
    case random
    /// The same one for all incarnations of a process.
    case stable
  }

  /// How long a lease lasts without renewal; above 0.
  public var ttl: Nanoseconds = .seconds(120)
  /// Where owner identifiers come from.
  public var owner: Owner = .random
  /// Whether protected writes check the fencing token in their own transaction.
  public var fencing: Bool = true
  /// Whether the holder renews its lease in the background at a third of the TTL.
  public var renew: Bool = false
  /// How often a waiter looks at a lock that another process holds; above 0.
  public var poll: Nanoseconds = .milliseconds(25)

  /// Creates the defaults.
  public init() {}
}
