public import AssayModel
public import SQLiteDriver

/// The settings under which a database is run.
public struct DatabaseConfiguration: Equatable, Sendable {
  /// Number and roles of the connections.
  public enum Topology: Hashable, Sendable {
    /// Equal connections, as many as `maxOpenConnections`; each reads and writes.
    case pool
    /// One connection writes, behind a fair queue; `readers` connections only read.
    case singleWriter(readers: Int)
    /// As `singleWriter`, but concurrent writes share one transaction.
    case groupCommit(readers: Int)
  }

  /// A file path, or `:memory:`, which means exactly one connection for everything.
  public var path: String
  /// Pragmas set on every connection that is opened.
  public var pragmas: [Pragma]
  /// Script run instead of `pragmas` without reading them back; for the same pragmas on a database
  /// on which they have already taken effect.
  public var script: PragmaScript?
  /// Behaviour of a connection when another one holds the lock it needs.
  public var busy: BusyPolicy
  /// Kind of transaction that `write` begins; under group commit it is always IMMEDIATE.
  public var begin: TransactionKind
  /// Maximum number of open connections of `pool`; at least 1. Other topologies set their own.
  public var maxOpenConnections: Int
  /// Maximum number of idle connections kept open; `nil` keeps all.
  public var maxIdleConnections: Int?
  /// Maximum wait for a connection, or for the start of a group; `nil` waits without limit.
  public var acquireTimeout: Nanoseconds?
  /// Maximum run time of the SQL of one body, waits for locks included; `nil` is without limit.
  public var queryTimeout: Nanoseconds?
  /// Number and roles of the connections.
  public var topology: Topology
  /// Name of a registered VFS; `nil` is the default one.
  public var vfs: String?
  /// Parameters of a URI with which the path is opened; empty opens it as a plain path.
  public var uriParameters: [URIParameter] = []
  /// Number of operations of SQLite's virtual machine after which a statement is interrupted; `nil`
  /// is without limit.
  public var stepLimit: Int?

  /// Creates a configuration: SQLite's defaults, one connection, timeouts of 5 s.
  public init(
    path: String,
    pragmas: [Pragma] = [],
    script: PragmaScript? = nil,
    busy: BusyPolicy = .sqlite(timeout: .seconds(5)),
    begin: TransactionKind = .immediate,
    maxOpenConnections: Int = 1,
    maxIdleConnections: Int? = nil,
    acquireTimeout: Nanoseconds? = nil,
    queryTimeout: Nanoseconds? = nil,
    topology: Topology = .pool,
    vfs: String? = nil
  ) {
    self.path = path
    self.pragmas = pragmas
    self.script = script
    self.busy = busy
    self.begin = begin
    self.maxOpenConnections = maxOpenConnections
    self.maxIdleConnections = maxIdleConnections
    self.acquireTimeout = acquireTimeout
    self.queryTimeout = queryTimeout
    self.topology = topology
    self.vfs = vfs
  }

  /// True if every connection would see a database of its own.
  public var isInMemory: Bool { path == ":memory:" }

  /// Checks the constraints that the types do not express.
  ///
  /// - Throws: `invalidConfiguration`.
  public func validate() throws(StorageError) {
    func refuse(_ reason: String) -> StorageError { .invalidConfiguration(reason) }
    if path.isEmpty { throw refuse("the path is empty") }
    if maxOpenConnections < 1 {
      throw refuse("maxOpenConnections is \(maxOpenConnections), must be at least 1")
    }
    if let idle = maxIdleConnections, idle < 0 {
      throw refuse("maxIdleConnections is \(idle), must not be negative")
    }
    if isInMemory, topology == .pool, maxOpenConnections > 1 {
      throw refuse(
        "\(maxOpenConnections) connections to :memory: would be as many databases; 1 is allowed")
    }
    if let readers, readers < 1 { throw refuse("readers is \(readers), must be at least 1") }
    for (name, span) in [("acquireTimeout", acquireTimeout), ("queryTimeout", queryTimeout)] {
      if let span, span < .zero { throw refuse("\(name) is \(span.rawValue) ns, is negative") }
    }
  }

  /// Number of connections that only read; `nil` for the pool, which has none.
  var readers: Int? {
    switch topology {
    case .pool: nil
    case .singleWriter(let readers), .groupCommit(let readers): readers
    }
  }

  /// Returns the options with which a connection is opened.
  func options(isReader: Bool, time: any TimeSource) -> ConnectionOptions {
    // Not opened read-only: after a crash the first reader of a WAL must be able to recover it.
    let pragmas = isReader ? self.pragmas + [Pragma("query_only", 1)] : self.pragmas
    var options = ConnectionOptions(
      path: path, vfs: vfs, pragmas: pragmas, script: isReader ? script?.refusingWrites : script,
      busy: busy, time: time)
    options.uriParameters = uriParameters
    options.stepLimit = stepLimit
    return options
  }
}
