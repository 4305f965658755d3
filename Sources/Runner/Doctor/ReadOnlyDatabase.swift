import CSQLite
import SQLiteDriver

/// A database opened for nothing but pragmas and copies, so that no byte on disk changes.
///
/// Not through `SQLiteDriver`, which opens by file name: a connection that is merely read-only
/// still creates `-wal` and `-shm` files beside a database in WAL mode, and leaves them there. Only
/// the parameters of a URI keep it from that.
///
/// Safe because the handle is private, opened in `init` and closed only in `deinit`.
@safe struct ReadOnlyDatabase: ~Copyable {
  private let handle: OpaquePointer

  /// Opens an existing file; nothing is read yet.
  ///
  /// - Parameters:
  ///   - path: absolute, without links.
  ///   - reading: `shared` takes part in the locks but never creates shared memory; `alone` takes
  ///     the file for immutable.
  /// Source: uri.html, `immutable` and `mode`; wal.html, "Read-Only Databases"; `readonly_shm` in
  /// os_unix.c.
  init(path: String, reading: DatabaseReport.Reading) throws(SQLiteError) {
    let parameters =
      switch reading {
      case .shared: "mode=ro&readonly_shm=1"
      case .alone: "mode=ro&immutable=1"
      }
    let uri = "file://\(Self.escaped(path))?\(parameters)"
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(uri, &opened, flags, nil)
    guard code == SQLITE_OK, let handle = unsafe opened else {
      let error = unsafe Self.error(code, opened, .open)
      _ = unsafe sqlite3_close(opened)
      throw error
    }
    unsafe self.handle = handle
  }

  deinit { _ = unsafe sqlite3_close(handle) }

  /// Has SQLite wait for locks; changes what `PRAGMA busy_timeout` answers.
  func waitForLocks(milliseconds: Int32) {
    _ = unsafe sqlite3_busy_timeout(handle, milliseconds)
  }

  /// Reads a pragma: the first column of its first row, or `nil` when it gives none.
  func pragma(_ name: String) throws(SQLiteError) -> String? {
    try first("PRAGMA \(name)", .pragma(name))
  }

  /// Writes the content into a new database, compact, in the same page size.
  func copy(to path: String) throws(SQLiteError) {
    let quoted = path.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "''")
    _ = try first("VACUUM INTO '\(quoted)'", .step)
  }

  /// Reads the first column of every row of a query; NULL as an empty text.
  func texts(_ sql: String) throws(SQLiteError) -> [String] {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
    guard code == SQLITE_OK else { throw unsafe Self.error(code, handle, .prepare) }
    defer { _ = unsafe sqlite3_finalize(prepared) }
    var texts: [String] = []
    while true {
      switch unsafe sqlite3_step(prepared) {
      case SQLITE_ROW:
        texts.append(
          unsafe sqlite3_column_text(prepared, 0).map { unsafe String(cString: $0) } ?? "")
      case SQLITE_DONE: return texts
      case let code: throw unsafe Self.error(code, handle, .step)
      }
    }
  }

  private func first(
    _ sql: String, _ operation: SQLiteError.Operation
  ) throws(SQLiteError) -> String? {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
    guard code == SQLITE_OK else { throw unsafe Self.error(code, handle, operation) }
    defer { _ = unsafe sqlite3_finalize(prepared) }
    switch unsafe sqlite3_step(prepared) {
    case SQLITE_ROW:
      return unsafe sqlite3_column_text(prepared, 0).map { unsafe String(cString: $0) }
    case SQLITE_DONE: return nil
    case let code: throw unsafe Self.error(code, handle, operation)
    }
  }

  /// Every byte that has a meaning in a URI, or might have one, as `%41`.
  static func escaped(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }

  private static func error(
    _ code: Int32, _ handle: OpaquePointer?, _ operation: SQLiteError.Operation
  ) -> SQLiteError {
    let extended = unsafe handle.map { unsafe sqlite3_extended_errcode($0) } ?? code
    let message = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? ""
    return SQLiteError(
      code: ResultCode(rawValue: extended), message: message, operation: operation)
  }
}
