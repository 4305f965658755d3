import CSQLite

/// Progress of a backup.
public struct BackupProgress: Hashable, Sendable {
  /// Pages of the source, as of the last step.
  public var pages: Int
  /// Pages still to be copied.
  public var remaining: Int

  /// Creates a report.
  public init(pages: Int, remaining: Int) {
    self.pages = pages
    self.remaining = remaining
  }
}

extension Connection {
  /// Copies the whole database into another one, replacing its content, while others use it.
  ///
  /// The copy holds one committed state: that of the single step or, with several steps, of the
  /// last one. Writes by other connections meanwhile restart the backup, so under steady writes it
  /// may never end. On an error the target is rolled back to its previous state.
  ///
  /// - Parameters:
  ///   - target: another database, outside any transaction.
  ///   - pagesPerStep: pages copied under one lock, at least 1; `nil` copies all in one step.
  ///   - afterStep: called after each step but the last, without a lock on the source.
  /// - Returns: number of pages copied, with none remaining.
  /// - Throws: BUSY if a lock is not available within the busy policy of this connection; LOCKED if
  ///   the target is in use; `error` if both are the same database or connection; any error of
  ///   `afterStep`.
  /// Source: `sqlite3_backup_init`, `sqlite3_backup_step`, `sqlite3_backup_finish`.
  @discardableResult
  public mutating func backUp(
    into target: inout Connection, pagesPerStep: Int? = nil,
    afterStep: (BackupProgress) throws(SQLiteError) -> Void = { _ in }
  ) throws(SQLiteError) -> BackupProgress {
    precondition(pagesPerStep ?? 1 >= 1, "a backup of \(pagesPerStep ?? 0) pages a step")
    let step = pagesPerStep.map { Int32(clamping: $0) } ?? -1
    let started = unsafe sqlite3_backup_init(
      target.core.database, "main", core.database, "main")
    guard let backup = unsafe started else {
      // SQLite stores the error of a backup that did not begin in the target.
      throw target.core.failure(unsafe sqlite3_errcode(target.core.database), .backup)
    }
    var progress = BackupProgress(pages: 0, remaining: 0)
    do throws(SQLiteError) {
      while true {
        let code = unsafe sqlite3_backup_step(backup, step)
        progress.pages = unsafe Int(sqlite3_backup_pagecount(backup))
        progress.remaining = unsafe Int(sqlite3_backup_remaining(backup))
        if code == SQLITE_DONE { break }
        // A step sets no message in either connection.
        guard code == SQLITE_OK else {
          throw SQLiteError(code: ResultCode(code), operation: .backup)
        }
        try afterStep(progress)
      }
    } catch {
      _ = unsafe sqlite3_backup_finish(backup)
      throw error
    }
    let code = unsafe sqlite3_backup_finish(backup)
    guard code == SQLITE_OK else { throw target.core.failure(code, .backup) }
    return progress
  }

  /// Writes the content, in one committed state, into a new database file, compact and without free
  /// pages, while others use this database.
  ///
  /// - Parameter path: a file that does not exist or is empty.
  /// - Throws: BUSY if a lock is not available within the busy policy; `error` if the file is not
  ///   empty, or inside a transaction.
  /// Source: lang_vacuum.html, "VACUUM with an INTO clause".
  public mutating func vacuum(into path: String) throws(SQLiteError) {
    try withStatement(text: "VACUUM INTO ?1") { (statement) throws(SQLiteError) in
      try statement.bind(1, path)
      _ = try statement.step()
    }
  }
}
