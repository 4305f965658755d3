import AssayModel
import CSQLite
import FaultVFS

/// A connection through the C interface, for tests of what lies below the driver.
@safe
final class RawConnection {
  private let handle: OpaquePointer?

  /// Opens a database on the current simulated disk.
  init(_ path: String = "/test.db", vfs: String = VFSName.simulated) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    _ = unsafe sqlite3_open_v2(path, &handle, flags, vfs)
    unsafe self.handle = handle
    _ = unsafe sqlite3_extended_result_codes(handle, 1)
  }

  deinit { _ = unsafe sqlite3_close_v2(handle) }

  /// Runs statements; returns the code of the first that fails.
  @discardableResult
  func execute(_ sql: String) -> Int32 { unsafe sqlite3_exec(handle, sql, nil, nil, nil) }

  /// The rows of a query, columns joined by `|`.
  func rows(_ sql: String) -> [String] {
    var statement: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      return [unsafe String(cString: sqlite3_errmsg(handle))]
    }
    defer { _ = unsafe sqlite3_finalize(statement) }
    var rows: [String] = []
    while true {
      let code = unsafe sqlite3_step(statement)
      guard code == SQLITE_ROW else {
        if code != SQLITE_DONE { rows.append("error \(code)") }
        return rows
      }
      let columns = (0..<(unsafe sqlite3_column_count(statement))).map { column in
        unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) } ?? "NULL"
      }
      rows.append(columns.joined(separator: "|"))
    }
  }

  /// The first value of a query.
  func value(_ sql: String) -> String { rows(sql).first ?? "" }

  /// Forgets every page that is not in use.
  func releaseMemory() { _ = unsafe sqlite3_db_release_memory(handle) }

  /// Leaves a write-ahead log alone at the close.
  func keepLogAtClose() {
    var result: Int32 = 0
    _ = unsafe assay_sqlite_db_config_int(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &result)
  }
}

/// Runs a body with an empty or given disk as the current one; tests that use it are serialised.
func onDisk<Result>(
  _ disk: SimulatedDisk, _ body: (SimulatedDisk) throws -> Result
) rethrows -> Result {
  SimulatedVFS.shared.register()
  _ = assay_sqlite_prng_seed(7)
  SimulatedVFS.shared.disk = disk
  defer { SimulatedVFS.shared.disk = nil }
  return try body(disk)
}
