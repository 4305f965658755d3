public import AssayModel
public import SQLiteDriver
import Synchronization

/// An SQLite database that lends its connections.
///
/// A body gets the connection `inout` for as long as it runs, on the calling thread (under group
/// commit on the leader's thread); it must not keep any part of it. Calls must not be nested: a
/// body that asks the same database for another connection can deadlock with itself.
///
/// Errors: SQLite's failures are thrown as `StorageError`, including those that a body throws as
/// `SQLiteError`; other errors of a body are passed on unchanged.
public final class Database: Sendable {
  enum Writing {
    case alone(any ConnectionSource)
    case grouped(GroupQueue<GroupWriter>, WriteConnection)
  }

  /// Configuration with which the database was opened.
  public let configuration: DatabaseConfiguration
  /// Clocks, parking and randomness used by the database.
  public let environment: StorageEnvironment

  let readers: any ConnectionSource
  let writing: Writing
  let counters = DatabaseCounters()

  /// Opens a database and one connection immediately, so that a wrong path or setting fails early.
  ///
  /// - Throws: `invalidConfiguration`; `sqlite` if the file cannot be opened or a pragma not be
  ///   set.
  public init(
    _ configuration: DatabaseConfiguration, environment: StorageEnvironment
  ) throws(StorageError) {
    try configuration.validate()
    self.configuration = configuration
    self.environment = environment
    let counters = self.counters
    let open = { @Sendable (isReader: Bool) throws(StorageError) -> ConnectionBox in
      let options = configuration.options(isReader: isReader, time: environment.time)
      return try ConnectionBox(options, counters, environment.connections)
    }
    let makeWriter = { @Sendable () throws(StorageError) in try open(false) }
    let makeReader = { @Sendable () throws(StorageError) in try open(true) }
    func pool(
      _ limit: Int, _ make: @escaping @Sendable () throws(StorageError) -> ConnectionBox
    ) -> ResourcePool<ConnectionBox> {
      // Closing the only connection of a :memory: database would lose it.
      let idle = configuration.isInMemory ? 1 : configuration.maxIdleConnections ?? limit
      return ResourcePool(
        limit: limit, idleLimit: idle, environment: environment, make: make)
    }
    let first: any ConnectionSource
    switch configuration.topology {
    case .pool:
      first = pool(configuration.maxOpenConnections, makeWriter)
      readers = first
      writing = .alone(first)
    case .singleWriter(let count):
      first = WriteConnection(environment: environment, make: makeWriter)
      readers = configuration.isInMemory ? first : pool(count, makeReader)
      writing = .alone(first)
    case .groupCommit(let count):
      let writer = WriteConnection(environment: environment, make: makeWriter)
      first = writer
      readers = configuration.isInMemory ? writer : pool(count, makeReader)
      let group = GroupWriter(
        writer: writer, counters: counters, keepsConnection: configuration.isInMemory)
      writing = .grouped(GroupQueue(executor: group, environment: environment), writer)
    }
    first.release(try first.acquire(.forever), isUsable: true)
  }

  /// Lends a connection for reading, without a transaction around `body`.
  ///
  /// Different statements may see different states of the database, unless the body opens a
  /// transaction. With a single writer or group commit the connection refuses writes.
  ///
  /// - Parameter deadline: replaces all configured timeouts.
  /// - Throws: `acquireTimedOut`, `queryTimedOut`, `sqlite`, `closed`, `stopped`, or the body's
  ///   own.
  @inlinable
  public func read<T>(
    deadline: MonotonicTime? = nil, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try Self.result { (keep: (T) -> Void) in
      try lendReader(deadline) { connection in keep(try body(&connection)) }
    }
  }

  /// Runs `body` in a write transaction that is committed when this call returns.
  ///
  /// The transaction begins as configured, is rolled back if `body` throws, and must not be ended
  /// by `body`. Under group commit the body runs in a savepoint of a transaction shared with other
  /// callers, on another caller's thread, and **may run again** after another request of the group
  /// lost that transaction: it must be repeatable, so that only its last run counts.
  ///
  /// - Parameters:
  ///   - deadline: replaces all configured timeouts. Under group commit a request already taken
  ///     into a group is bounded by the group's BEGIN and its own SQL.
  ///   - begin: transaction kind that overrides the configured one.
  /// - Throws: as `read`; `commitOutcomeUnknown` if the write may or may not be in the database.
  @inlinable
  public func write<T>(
    deadline: MonotonicTime? = nil, begin: TransactionKind? = nil,
    _ body: (inout Connection) throws -> T
  ) throws -> T {
    try Self.result { (keep: (T) -> Void) in
      try transact(deadline, begin) { connection in keep(try body(&connection)) }
    }
  }

  /// Runs a body of exactly one writing statement, without BEGIN and COMMIT around it.
  ///
  /// The statement is its own transaction; under group commit it shares one, without a savepoint,
  /// and may run again, as in `write`.
  ///
  /// - Throws: as `write`.
  @inlinable
  public func writeStatement<T>(
    deadline: MonotonicTime? = nil, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try Self.result { (keep: (T) -> Void) in
      try runStatement(deadline) { connection in keep(try body(&connection)) }
    }
  }

  /// Lends a connection that may write, without any transaction: checkpoints, pragmas, backups.
  ///
  /// A transaction left open by the body is rolled back; settings that it changes persist on the
  /// connection.
  @inlinable
  public func withConnection<T>(
    deadline: MonotonicTime? = nil, _ body: (inout Connection) throws -> T
  ) throws -> T {
    try Self.result { (keep: (T) -> Void) in
      try lendWriter(deadline) { connection in keep(try body(&connection)) }
    }
  }

  /// Rejects waiting and future callers, and closes the connections; lent ones are closed when they
  /// are returned.
  public func close() {
    if case .grouped(let queue, let writer) = writing {
      queue.close()
      writer.close()
    }
    if case .alone(let source) = writing { source.close() }
    readers.close()
  }
}

extension Database {
  /// Statistics of the database since it was opened.
  public var statistics: DatabaseStatistics {
    var statistics = DatabaseStatistics()
    var waits = readers.counts
    switch writing {
    case .alone(let source): if source !== readers { waits = waits + source.counts }
    case .grouped(let queue, let writer):
      waits = waits + queue.counts
      if writer === readers { waits.acquisitions -= queue.groupCounts.groups }
      statistics.groupedRequests = queue.groupCounts.requests
      statistics.largestGroup = queue.groupCounts.largest
      statistics.groupReruns = queue.groupCounts.reruns
    }
    statistics.acquisitions = waits.acquisitions
    statistics.waits = waits.waits
    statistics.acquireTimeouts = waits.timeouts
    statistics.longestWait = waits.longestWait
    statistics.busyErrors = counters.busyErrors.load(ordering: .relaxed)
    statistics.commits = counters.commits.load(ordering: .relaxed)
    statistics.opened = counters.opened.load(ordering: .relaxed)
    statistics.discarded = counters.discarded.load(ordering: .relaxed)
    statistics.work = counters.work.withLock { $0 }
    return statistics
  }
}
