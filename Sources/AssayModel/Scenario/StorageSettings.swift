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

  /// Reactions of a connection to a locked database.
  public enum Busy: String, CaseIterable, Codable, Sendable {
    /// Returns SQLITE_BUSY immediately.
    case none
    /// SQLite's own handler: sleeps that grow from 1 to 100 ms.
    case sqlite
    /// Assay's handler: short constant sleeps, so that the longest waiter is not the least likely
    /// to get the lock.
    case fair
  }

  /// Sharing of connections among the actors of a process.
  public enum Topology: String, CaseIterable, Codable, Sendable {
    /// Equal connections, waiters served in order.
    case pool
    /// One write connection behind a fair queue, and `readers` read-only connections.
    case singleWriter = "single-writer"
    /// Like `singleWriter`, with the writes of many actors in one transaction.
    case groupCommit = "group-commit"
  }

  /// Memory allocator of the worker process.
  public enum Allocator: String, CaseIterable, Codable, Sendable {
    case system, jemalloc
  }

  /// Kind of BEGIN used by write transactions.
  public enum Begin: String, CaseIterable, Codable, Sendable {
    case deferred, immediate, exclusive
  }

  /// SQLite's own file system layers for the connections to use: they differ in their locking.
  public enum FileSystemLayer: String, CaseIterable, Codable, Sendable {
    /// The library's default, which locks with `fcntl` on unix.
    case standard = "default"
    /// Lock files next to the database.
    case unixDotfile = "unix-dotfile"
    /// No locks at all.
    case unixNone = "unix-none"
    /// `unix-dotfile` in processes with odd numbers, the default in the others: neither group sees
    /// the locks of the other.
    case mixed
  }

  /// An additional pragma, applied to every connection and read back.
  public struct Pragma: Hashable, Codable, Sendable {
    /// Name of the pragma, such as `cache_size`.
    public var name: String
    /// Value as it is written into the statement.
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

  /// Name of the profile from which these settings started, if any.
  public var profile: String?
  /// `PRAGMA journal_mode`.
  public var journalMode: JournalMode = .wal
  /// `PRAGMA synchronous`.
  public var synchronous: Synchronous = .normal
  /// Longest wait for a locked database; at least 0.
  public var busyTimeout: Nanoseconds = .seconds(5)
  /// Handler that waits for a locked database.
  public var busy: Busy = .sqlite
  /// Largest number of connections of topology `pool`; at least 1.
  public var maxOpenConnections: Int = 4
  /// Number of idle connections kept open; 0...maxOpenConnections, default the same.
  public var maxIdleConnections: Int = 4
  /// Sharing of connections among the actors of a process.
  public var topology: Topology = .pool
  /// Number of read connections of the topologies with one writer; at least 1.
  public var readers: Int = 4
  /// Memory allocator of the worker process.
  public var allocator: Allocator = .system
  /// Kind of BEGIN used by write transactions.
  public var begin: Begin = .immediate
  /// Longest wait of an actor for a connection; `nil` for no limit.
  public var acquireTimeout: Nanoseconds?
  /// Longest run time of one query; `nil` for no limit.
  public var queryTimeout: Nanoseconds?
  /// Database of a cell: `nil` for a new file in the run's data folder, `:memory:`, or the path of
  /// a database that each cell starts from a copy of.
  public var path: String?
  /// Parameters of the URI that named the path, used to open every connection of the load; `nil`
  /// for none.
  public var uriParameters: [URIParameter]?
  /// SQLite's own file system layer that the connections use.
  public var vfs: FileSystemLayer = .standard
  /// Additional pragmas, in the order of the file.
  public var pragmas: [Pragma] = []

  /// Creates the defaults.
  public init() {}

  /// True if the database lives in the memory of one connection.
  public var isInMemory: Bool { path == ":memory:" }
}

/// The `locks:` section of a scenario.
public struct LockSettings: Hashable, Codable, Sendable {
  /// Source of owner identifiers.
  public enum Owner: String, CaseIterable, Codable, Sendable {
    /// A new one for each incarnation of a process.
    case random
    /// The same one for all incarnations of a process.
    case stable
  }

  /// Time to live of a lease without renewal; above 0.
  public var ttl: Nanoseconds = .seconds(120)
  /// Source of owner identifiers.
  public var owner: Owner = .random
  /// True if protected writes check the fencing token in their own transaction.
  public var fencing: Bool = true
  /// True if the holder renews its lease in the background, at a third of the TTL.
  public var renew: Bool = false
  /// Interval at which a waiter polls a lock that another process holds; above 0.
  public var poll: Nanoseconds = .milliseconds(25)

  /// Creates the defaults.
  public init() {}
}
