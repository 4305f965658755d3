import CSQLite

/// A counter of one statement. Source: `sqlite3_stmt_status`.
public enum StatementCounter: CaseIterable, Sendable {
  /// Steps forward in a full table scan.
  case fullScanSteps
  /// Sorts.
  case sorts
  /// Rows put into automatic indexes.
  case automaticIndexRows
  /// Operations of the virtual machine.
  case virtualMachineSteps
  /// Number of automatic re-prepares of the statement.
  case preparedAgain
  /// Runs.
  case runs
  /// Bytes of memory held by the statement.
  case memory

  var code: Int32 {
    switch self {
    case .fullScanSteps: SQLITE_STMTSTATUS_FULLSCAN_STEP
    case .sorts: SQLITE_STMTSTATUS_SORT
    case .automaticIndexRows: SQLITE_STMTSTATUS_AUTOINDEX
    case .virtualMachineSteps: SQLITE_STMTSTATUS_VM_STEP
    case .preparedAgain: SQLITE_STMTSTATUS_REPREPARE
    case .runs: SQLITE_STMTSTATUS_RUN
    case .memory: SQLITE_STMTSTATUS_MEMUSED
    }
  }
}

/// A counter of one connection. Source: `sqlite3_db_status`.
public enum ConnectionCounter: CaseIterable, Sendable {
  /// Lookaside slots in use.
  case lookasideUsed
  /// Bytes of all page caches of the connection.
  case cacheUsed
  /// Bytes of the schemas.
  case schemaUsed
  /// Bytes of the prepared statements.
  case statementsUsed
  /// Allocations served by lookaside; only `highWater` counts.
  case lookasideHits
  /// Allocations too large for lookaside; only `highWater` counts.
  case lookasideMissesBySize
  /// Allocations that found lookaside full; only `highWater` counts.
  case lookasideMissesByFull
  /// Pages found in the cache.
  case cacheHits
  /// Pages not found in the cache.
  case cacheMisses
  /// Pages written from the cache.
  case cacheWrites
  /// Pages written in the middle of a transaction because the cache was full.
  case cacheSpills
  /// Unresolved deferred foreign keys: 0 if there are certainly none.
  case deferredForeignKeys

  var code: Int32 {
    switch self {
    case .lookasideUsed: SQLITE_DBSTATUS_LOOKASIDE_USED
    case .cacheUsed: SQLITE_DBSTATUS_CACHE_USED
    case .schemaUsed: SQLITE_DBSTATUS_SCHEMA_USED
    case .statementsUsed: SQLITE_DBSTATUS_STMT_USED
    case .lookasideHits: SQLITE_DBSTATUS_LOOKASIDE_HIT
    case .lookasideMissesBySize: SQLITE_DBSTATUS_LOOKASIDE_MISS_SIZE
    case .lookasideMissesByFull: SQLITE_DBSTATUS_LOOKASIDE_MISS_FULL
    case .cacheHits: SQLITE_DBSTATUS_CACHE_HIT
    case .cacheMisses: SQLITE_DBSTATUS_CACHE_MISS
    case .cacheWrites: SQLITE_DBSTATUS_CACHE_WRITE
    case .cacheSpills: SQLITE_DBSTATUS_CACHE_SPILL
    case .deferredForeignKeys: SQLITE_DBSTATUS_DEFERRED_FKS
    }
  }
}

/// A counter of the library in this process. Source: `sqlite3_status64`.
public enum LibraryCounter: CaseIterable, Sendable {
  /// Bytes that SQLite has allocated.
  case memoryUsed
  /// Allocations that are live.
  case allocations
  /// The largest allocation; only `highWater` counts.
  case largestAllocation
  /// Page cache bytes that came from the heap.
  case pageCacheOverflow

  var code: Int32 {
    switch self {
    case .memoryUsed: SQLITE_STATUS_MEMORY_USED
    case .allocations: SQLITE_STATUS_MALLOC_COUNT
    case .largestAllocation: SQLITE_STATUS_MALLOC_SIZE
    case .pageCacheOverflow: SQLITE_STATUS_PAGECACHE_OVERFLOW
    }
  }
}

/// Current value of a status counter and its high-water mark since the last reset.
public struct StatusValue: Hashable, Sendable {
  /// Current value.
  public var current: Int64
  /// Largest value since the last reset; 0 for counters without one.
  public var highWater: Int64

  /// Creates a value.
  public init(current: Int64, highWater: Int64) {
    self.current = current
    self.highWater = highWater
  }
}
