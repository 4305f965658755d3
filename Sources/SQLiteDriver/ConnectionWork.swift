import CSQLite

/// The work of a connection and all of its statements, as counted by SQLite.
///
/// The same statements on the same content count the same, regardless of how long they take: only
/// another query plan, schema, cache or SQLite version changes these numbers. SQLite counts each
/// statement, and each connection's pages, modulo 2^32.
/// Source: `sqlite3_stmt_status`, `sqlite3_db_status`.
public struct ConnectionWork: Hashable, Sendable {
  /// Operations of the virtual machine.
  public var virtualMachineSteps: UInt64 = 0
  /// Steps forward in full table scans.
  public var fullScanSteps: UInt64 = 0
  /// Sorts.
  public var sorts: UInt64 = 0
  /// Rows put into automatic indexes.
  public var automaticIndexRows: UInt64 = 0
  /// Pages found in the cache.
  public var cacheHits: UInt64 = 0
  /// Pages not found in the cache.
  public var cacheMisses: UInt64 = 0
  /// Pages written in the middle of a transaction because the cache was full.
  public var cacheSpills: UInt64 = 0

  /// Creates the work of a connection that has done nothing.
  public init() {}

  /// Adds the work of two connections.
  public static func + (one: ConnectionWork, other: ConnectionWork) -> ConnectionWork {
    one.combined(other, &+)
  }

  /// Returns the work between an earlier moment of a connection and a later one.
  public static func - (later: ConnectionWork, earlier: ConnectionWork) -> ConnectionWork {
    later.combined(earlier, &-)
  }

  private func combined(
    _ other: ConnectionWork, _ combine: (UInt64, UInt64) -> UInt64
  ) -> ConnectionWork {
    var result = self
    for counter in Self.counters {
      result[keyPath: counter] = combine(self[keyPath: counter], other[keyPath: counter])
    }
    return result
  }

  private static var counters: [WritableKeyPath<ConnectionWork, UInt64>] {
    [
      \.virtualMachineSteps, \.fullScanSteps, \.sorts, \.automaticIndexRows, \.cacheHits,
      \.cacheMisses, \.cacheSpills,
    ]
  }

  /// Adds the work of a statement since it was prepared.
  mutating func add(statement: OpaquePointer) {
    func count(_ counter: StatementCounter) -> UInt64 {
      UInt64(UInt32(bitPattern: unsafe sqlite3_stmt_status(statement, counter.code, 0)))
    }
    virtualMachineSteps += count(.virtualMachineSteps)
    fullScanSteps += count(.fullScanSteps)
    sorts += count(.sorts)
    automaticIndexRows += count(.automaticIndexRows)
  }

  /// Adds the page counts of a connection.
  mutating func add(pagesOf database: OpaquePointer) {
    func count(_ counter: ConnectionCounter) -> UInt64 {
      var (current, highWater): (Int32, Int32) = (0, 0)
      _ = unsafe sqlite3_db_status(database, counter.code, &current, &highWater, 0)
      return UInt64(UInt32(bitPattern: current))
    }
    cacheHits += count(.cacheHits)
    cacheMisses += count(.cacheMisses)
    cacheSpills += count(.cacheSpills)
  }
}

extension Connection {
  /// The work of the connection and all of its statements so far.
  public var work: ConnectionWork {
    var work = core.finishedWork
    for index in 0..<core.tableCount {
      guard let slot = unsafe core.table[index] else { continue }
      unsafe work.add(statement: slot.pointee.handle)
    }
    unsafe core.textCache.forEach { handle in unsafe work.add(statement: handle) }
    unsafe work.add(pagesOf: core.database)
    return work
  }
}
