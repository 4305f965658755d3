import AssayModel
import CSQLite

extension ConnectionCore {
  /// Sleep before retrying a pragma that found the database busy.
  private static var retryDelay: Nanoseconds { .milliseconds(1) }

  /// Opens the database and installs the busy policy.
  static func open(_ options: ConnectionOptions) throws(SQLiteError) -> ConnectionCore {
    guard !options.path.utf8.contains(0) else {
      throw SQLiteError(code: .cantOpen, message: "the path holds a zero byte", operation: .open)
    }
    let access =
      switch options.mode {
      case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    var handle: OpaquePointer?
    var (name, flags) = (options.path, access | SQLITE_OPEN_NOMUTEX)
    if !options.uriParameters.isEmpty {
      name = uri(options.path, options.uriParameters)
      flags |= SQLITE_OPEN_URI
    }
    let code = unsafe sqlite3_open_v2(name, &handle, flags, options.vfs)
    guard let database = unsafe handle else {
      throw SQLiteError(code: ResultCode(code), operation: .open)
    }
    guard code == SQLITE_OK else {
      let extended = unsafe sqlite3_extended_errcode(database)
      let error = unsafe SQLiteError(extended, database, .open)
      _ = unsafe sqlite3_close(database)
      throw error
    }
    _ = unsafe sqlite3_extended_result_codes(database, 1)
    let core = unsafe ConnectionCore(database, options)
    core.installBusyHandler()
    if let limit = options.stepLimit { core.setStepLimit(limit) }
    return core
  }

  /// Returns the URI that opens a path with parameters. Source: sqlite.org/uri.html.
  private static func uri(_ path: String, _ parameters: [URIParameter]) -> String {
    func escaped(_ text: String) -> String {
      let digits = Array("0123456789ABCDEF".utf8)
      let plain = Array("/-._~".utf8)
      var bytes: [UInt8] = []
      for byte in text.utf8 {
        let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        if isLetter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || plain.contains(byte) {
          bytes.append(byte)
        } else {
          bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    let query = parameters.map { "\(escaped($0.name))=\(escaped($0.value))" }
    // An empty authority: a path that begins with two slashes would be read as one.
    let root = path.hasPrefix("/") ? "file://" : "file:"
    return "\(root)\(escaped(path))?\(query.joined(separator: "&"))"
  }

  /// Sets pragmas that have taken effect before.
  func apply(_ script: PragmaScript) throws(SQLiteError) {
    if let pages = script.automaticCheckpoint {
      _ = unsafe sqlite3_wal_autocheckpoint(database, pages)
    }
    guard script.sql.count > 1 else { return }
    let giveUp = time.monotonicNow() + busyPolicy.timeout
    try retryingWhenBusy(until: giveUp) { () throws(SQLiteError) in try execute(script.sql) }
  }

  /// Sets every pragma, then reads every one back.
  ///
  /// The read-back comes last because some pragmas undo others, and `page_size` returns the
  /// requested value until the file's header has been read.
  func apply(_ pragmas: [Pragma]) throws(SQLiteError) {
    guard !pragmas.isEmpty else { return }
    let start = time.monotonicNow()
    let giveUp = start + busyPolicy.timeout
    let early = PragmaRules.formatOrder.flatMap { name in
      pragmas.filter { PragmaRules.base($0.name) == name }
    }
    let late = pragmas.filter { !PragmaRules.mustComeFirst($0.name) }
    for pragma in early + late {
      try retryingWhenBusy(until: giveUp) { () throws(SQLiteError) in try self.set(pragma) }
    }
    try retryingWhenBusy(until: giveUp) { () throws(SQLiteError) in
      _ = try self.pragma("schema_version")
    }
    for pragma in pragmas where PragmaRules.canBeReadBack(pragma.name) {
      try retryingWhenBusy(until: giveUp) { () throws(SQLiteError) in
        try self.verify(pragma)
      }
    }
  }

  /// SQLite returns BUSY without calling the busy handler if waiting could cause a deadlock, for
  /// example if two processes switch a database to WAL at the same time, and never calls it for the
  /// locks of a shared cache.
  private func retryingWhenBusy(
    until giveUp: MonotonicTime, _ body: () throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    while true {
      do throws(SQLiteError) {
        return try body()
      } catch {
        guard error.isBusy || error.code.primary == .locked, error.cutShort == nil,
          time.monotonicNow() < giveUp
        else {
          throw error
        }
        do throws(ActorStopped) {
          try time.sleep(for: Self.retryDelay)
        } catch _ {
          var stopped = error
          stopped.cutShort = .actorStopped
          throw stopped
        }
        retried?(error)
      }
    }
  }
}

extension ConnectionCore {
  /// See `Connection.releaseMemory`.
  func releaseMemory() {
    _ = unsafe sqlite3_db_release_memory(database)
  }

  /// See `Connection.hasTable`.
  func hasTable(_ name: String) throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_table_column_metadata(
      database, "main", name, nil, nil, nil, nil, nil, nil)
    guard code != SQLITE_OK else { return true }
    guard ResultCode(code).primary != .error else { return false }
    throw failure(code, .prepare)
  }

  /// See `Connection.keepLogAtClose`.
  func keepLogAtClose() {
    var result: Int32 = 0
    _ = unsafe assay_sqlite_db_config_int(
      database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &result)
  }
}
