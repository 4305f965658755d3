public import AssayModel
import CSQLite

/// The libsqlite3 loaded by this process, which may differ from the one it was built with.
public enum SQLiteLibrary {
  /// The version, such as `3.40.1`.
  public static var version: String {
    unsafe sqlite3_libversion().map { unsafe String(cString: $0) } ?? ""
  }

  /// The version as a number, such as 3040001.
  public static var versionNumber: Int { Int(sqlite3_libversion_number()) }

  /// The date and hash of the sources; ends in `alt1` or similar if they were modified.
  public static var sourceID: String {
    unsafe sqlite3_sourceid().map { unsafe String(cString: $0) } ?? ""
  }

  /// The compile options, without `SQLITE_`, in the library's order.
  public static var compileOptions: [String] {
    var options: [String] = []
    while let option = unsafe sqlite3_compileoption_get(Int32(options.count)) {
      options.append(unsafe String(cString: option))
    }
    return options
  }

  /// Reads a counter of the library in this process.
  ///
  /// - Parameter reset: sets the high-water mark to the current value.
  /// Source: `sqlite3_status64`.
  public static func status(
    _ counter: LibraryCounter, reset: Bool = false
  ) throws(SQLiteError) -> StatusValue {
    var current: Int64 = 0
    var highWater: Int64 = 0
    let code = unsafe sqlite3_status64(counter.code, &current, &highWater, reset ? 1 : 0)
    guard code == SQLITE_OK else { throw SQLiteError(code: ResultCode(code), operation: .status) }
    return StatusValue(current: current, highWater: highWater)
  }

  /// Returns true if the library sleeps whole seconds instead of milliseconds, because it was built
  /// without HAVE_USLEEP: its busy handler is then useless below a second.
  ///
  /// Determined by a trial, because no compile option tells: takes 1 ms, or 2 s if true.
  ///
  /// - Parameter time: a real clock; a virtual one that does not advance yields `false`.
  public static func sleepsInWholeSeconds(time: any TimeSource) -> Bool {
    // An overloaded machine can stretch one sleep but hardly two in a row.
    (0..<2).allSatisfy { _ in
      let start = time.monotonicNow()
      _ = sqlite3_sleep(1)
      return time.monotonicNow() - start >= .milliseconds(900)
    }
  }
}
