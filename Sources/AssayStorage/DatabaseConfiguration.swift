public import AssayModel
public import SQLiteDriver

/// The point in the settings space at which a database is run.
public struct DatabaseConfiguration: Equatable, Sendable {
  /// Who writes and who reads.
  public enum Topology: Hashable, Sendable {
    /// Equal connections, as many as `maxOpenConnections`; each reads and writes.
    case pool
    /// One connection writes, behind a fair queue; `readers` connections only read.
    case singleWriter(readers: Int)
    /// As `singleWriter`, and writes that come together share one transaction.
    case groupCommit(readers: Int)
  }

  /// A file path, or `:memory:`, which means exactly one connection for everything.
  public var path: String
  /// Set on every connection that is opened.
  public var pragmas: [Pragma]
  /// Set instead of `pragmas` and not read back; for the same ones on a database on which they have
  /// taken before.
  public var script: PragmaScript?
  /// What a connection does when another one holds the lock that it wants.
  public var busy: BusyPolicy
  /// How `write` begins its transactions; under group commit it is always IMMEDIATE.
  public var begin: TransactionKind
  /// The most connections of `pool` at once; at least 1. Other topologies count their own.
  public var maxOpenConnections: Int
  /// The most unused connections that are kept open; `nil` keeps all.
  public var maxIdleConnections: Int?
  /// How long to wait for a connection, or for the start of a group; `nil` is for ever.
  public var acquireTimeout: Nanoseconds?
  /// How long the SQL of one body may run, waits for locks included; `nil` is for ever.
  public var queryTimeout: Nanoseconds?
  /// Who writes and who reads.
  public var topology: Topology
  /// The name of a registered VFS; `nil` is the default one.
  public var vfs: String?
  /// Parameters of a URI with which the path is opened; empty opens it as a plain path.
  public var uriParameters: [URIParameter] = []
  /// Operations of SQLite's virtual machine after which one statement is interrupted; `nil` is
  /// without limit.
  public var stepLimit: Int?

  /// Creates a configuration: SQLite's defaults, one connection, 5 s of patience.
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

  /// Whether every connection would see a database of its own.
  public var isInMemory: Bool { path == ":memory:" }

  /// Checks what the types do not.
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

  /// The number of connections that only read; `nil` for the pool, which has none.
  var readers: Int? {
    switch topology {
    case .pool: nil
    case .singleWriter(let readers), .groupCommit(let readers): readers
    }
  }

  /// What a connection is opened with.
  func options(isReader: Bool, time: any TimeSource) -> ConnectionOptions {
    // Not opened read-only: after a crash the first reader of a WAL has to be able to recover it.
    let pragmas = isReader ? self.pragmas + [Pragma("query_only", 1)] : self.pragmas
    var options = ConnectionOptions(
      path: path, vfs: vfs, pragmas: pragmas, script: isReader ? script?.refusingWrites : script,
      busy: busy, time: time)
    options.uriParameters = uriParameters
    options.stepLimit = stepLimit
    return options
  }
}
