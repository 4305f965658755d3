import AssayModel
import AssayStorage
import Platform
import SQLiteDriver

/// What the storage engine and SQLite under it counted, by the names that results have.
extension WorkerReport {
  mutating func add(_ statistics: DatabaseStatistics) {
    let counted: KeyValuePairs = [
      "acquisitions": statistics.acquisitions, "waits": statistics.waits,
      "acquire_timeouts": statistics.acquireTimeouts, "busy_errors": statistics.busyErrors,
      "commits": statistics.commits, "grouped_requests": statistics.groupedRequests,
      "group_reruns": statistics.groupReruns, "connections_opened": statistics.opened,
      "connections_discarded": statistics.discarded,
    ]
    for (name, count) in counted { counts[name] = count }
    maxima["longest_acquire_nanoseconds"] = UInt64(max(0, statistics.longestWait.rawValue))
    maxima["largest_group"] = UInt64(statistics.largestGroup)
  }

  mutating func add(_ work: ConnectionWork) {
    let counted: KeyValuePairs = [
      "virtual_machine_steps": work.virtualMachineSteps, "full_scan_steps": work.fullScanSteps,
      "sorts": work.sorts, "automatic_index_rows": work.automaticIndexRows,
      "cache_hits": work.cacheHits, "cache_misses": work.cacheMisses,
      "cache_spills": work.cacheSpills,
    ]
    for (name, count) in counted { counts["sqlite.\(name)"] = count }
  }

  /// Adds the lengths of the files while they are open: the last one to close them removes the WAL.
  mutating func addFiles(of databasePath: String) {
    let lengths = SizeWatch.Lengths.now(of: databasePath)
    maxima["database_file_bytes"] = lengths.database
    maxima["wal_file_bytes"] = lengths.wal
    self.lengths = lengths
  }
}
