public import AssayModel

/// How a database is opened, and every setting that its connection must have.
public struct ConnectionOptions: Sendable {
  /// What may be done with the file.
  public enum Mode: Hashable, Sendable {
    /// Read and write; create the file when it is not there.
    case readWriteCreate
    /// Read and write; the file must be there.
    case readWrite
    /// Only read; the file must be there.
    case readOnly
  }

  /// A file path, or `:memory:` for a database of this one connection.
  public var path: String
  /// Parameters of a URI with which the path is opened, such as `cache=shared`; empty opens it as a
  /// plain path.
  public var uriParameters: [URIParameter] = []
  /// Operations of SQLite's virtual machine after which one statement is interrupted; `nil` is
  /// without limit. For worlds in which no time passes while a statement runs.
  public var stepLimit: Int?
  /// What may be done with the file.
  public var mode: Mode
  /// The name of a registered VFS; `nil` is the default one.
  public var vfs: String?
  /// Set on every open, in this order, and read back; those that must come before the first page
  /// is written (`page_size`, `auto_vacuum`, `encoding`) go first whatever their place.
  public var pragmas: [Pragma]
  /// Set instead of `pragmas` and not read back; for the same ones on a database on which they have
  /// taken before.
  public var script: PragmaScript?
  /// What happens when another connection is in the way.
  public var busy: BusyPolicy
  /// Where waits, deadlines and their measurements take the time from.
  public var time: any TimeSource
  /// How many statements given as `text:` are kept prepared; 0 keeps none.
  public var statementCacheCapacity: Int
  /// Told of every error after which a pragma is set again while the connection is being opened, on
  /// the thread that opens it; two options are equal whatever it is.
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
  /// Equal settings and the same time source.
  public static func == (left: ConnectionOptions, right: ConnectionOptions) -> Bool {
    left.path == right.path && left.mode == right.mode && left.vfs == right.vfs
      && left.uriParameters == right.uriParameters && left.stepLimit == right.stepLimit
      && left.pragmas == right.pragmas && left.script == right.script
      && left.busy == right.busy && left.time === right.time
      && left.statementCacheCapacity == right.statementCacheCapacity
  }
}

/// One parameter of the URI that a database is opened with.
public struct URIParameter: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// Its value.
  public var value: String

  /// Creates a parameter.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One pragma and the value that it must have.
public struct Pragma: Hashable, Sendable {
  /// The name: letters, digits and underscores, a schema name and a dot before it if need be.
  public var name: String
  /// The value as one writes it after `=`, without quotes.
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

/// What a connection does when another one is in the way.
public enum BusyPolicy: Hashable, Sendable {
  /// Nothing: SQLITE_BUSY at once.
  case none
  /// SQLite's own busy handler (`sqlite3_busy_timeout`): sleeps that grow from 1 to 100 ms.
  ///
  /// Unfair: who came last sleeps shortest. Its waits are not counted in `busyWaits` unless a
  /// deadline was set on the connection, because then its delays are followed by this module.
  case sqlite(timeout: Nanoseconds)
  /// Constant short sleeps (`BusyWait.fairDelay`) until the timeout: every waiter has the same
  /// chance at each attempt, however long it has waited.
  case fair(timeout: Nanoseconds)

  /// How long the policy waits at most.
  public var timeout: Nanoseconds {
    switch self {
    case .none: .zero
    case .sqlite(let timeout), .fair(let timeout): timeout
    }
  }
}
