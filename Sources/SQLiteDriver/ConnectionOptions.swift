public import AssayModel

/// Options for opening a database, and every setting that its connection must have.
public struct ConnectionOptions: Sendable {
  /// Permitted access to the file.
  public enum Mode: Hashable, Sendable {
    /// Read and write; create the file if it does not exist.
    case readWriteCreate
    /// Read and write; the file must exist.
    case readWrite
    /// Read only; the file must exist.
    case readOnly
  }

  /// A file path, or `:memory:` for a database private to this connection.
  public var path: String
  /// Parameters of a URI with which the path is opened, such as `cache=shared`; empty opens it as a
  /// plain path.
  public var uriParameters: [URIParameter] = []
  /// Number of operations of SQLite's virtual machine after which a statement is interrupted; `nil`
  /// is without limit. For worlds in which no time passes while a statement runs.
  public var stepLimit: Int?
  /// Permitted access to the file.
  public var mode: Mode
  /// Name of a registered VFS; `nil` is the default one.
  public var vfs: String?
  /// Pragmas set on every open, in this order, and read back; those that must come before the first
  /// page is written (`page_size`, `auto_vacuum`, `encoding`) are set first regardless of their
  /// place.
  public var pragmas: [Pragma]
  /// Script run instead of `pragmas` without reading them back; for the same pragmas on a database
  /// on which they have already taken effect.
  public var script: PragmaScript?
  /// Behaviour if another connection is in the way.
  public var busy: BusyPolicy
  /// Time source for waits, deadlines and their measurements.
  public var time: any TimeSource
  /// Number of statements given as `text:` that are kept prepared; 0 keeps none.
  public var statementCacheCapacity: Int
  /// Called on every error after which a pragma is retried while the connection is being opened, on
  /// the thread that opens it; ignored in comparisons of options.
  public var retried: (@Sendable (SQLiteError) -> Void)?

  /// Creates options.
  public init(
    path: String,
    mode: Mode = .readWriteCreate,
    vfs: String? = nil,
    pragmas: [Pragma] = [],
    script: PragmaScript? = nil,
    busy: BusyPolicy = .none,
    time: any TimeSource,
    statementCacheCapacity: Int = 64
  ) {
    self.path = path
    self.mode = mode
    self.vfs = vfs
    self.pragmas = pragmas
    self.script = script
    self.busy = busy
    self.time = time
    self.statementCacheCapacity = statementCacheCapacity
  }
}

extension ConnectionOptions: Equatable {
  /// Compares the settings and the time source.
  public static func == (left: ConnectionOptions, right: ConnectionOptions) -> Bool {
    left.path == right.path && left.mode == right.mode && left.vfs == right.vfs
      && left.uriParameters == right.uriParameters && left.stepLimit == right.stepLimit
      && left.pragmas == right.pragmas && left.script == right.script
      && left.busy == right.busy && left.time === right.time
      && left.statementCacheCapacity == right.statementCacheCapacity
  }
}

/// One parameter of the URI with which a database is opened.
public struct URIParameter: Hashable, Sendable {
  /// Name of the parameter.
  public var name: String
  /// Value of the parameter.
  public var value: String

  /// Creates a parameter.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One pragma and the value that it must have.
public struct Pragma: Hashable, Sendable {
  /// The name: letters, digits and underscores, optionally preceded by a schema name and a dot.
  public var name: String
  /// The value as written after `=`, without quotes.
  public var value: String

  /// Creates a setting.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Creates a setting from a number.
  public init(_ name: String, _ value: Int64) {
    self.init(name, String(value))
  }
}

/// Behaviour of a connection when another one is in the way.
public enum BusyPolicy: Hashable, Sendable {
  /// No wait: SQLITE_BUSY immediately.
  case none
  /// SQLite's own busy handler (`sqlite3_busy_timeout`): sleeps that grow from 1 to 100 ms.
  ///
  /// Unfair: the latest arrival sleeps shortest. Its waits are not counted in `busyWaits` unless a
  /// deadline was set on the connection, in which case this module reproduces its delays.
  case sqlite(timeout: Nanoseconds)
  /// Constant short sleeps (`BusyWait.fairDelay`) until the timeout: every waiter has the same
  /// chance at each attempt, however long it has waited.
  case fair(timeout: Nanoseconds)

  /// Maximum time that the policy waits.
  public var timeout: Nanoseconds {
    switch self {
    case .none: .zero
    case .sqlite(let timeout), .fair(let timeout): timeout
    }
  }
}
