import CSQLite

/// How far a backup has come.
public struct BackupProgress: Hashable, Sendable {
  /// Pages of the source, as of the last step.
  public var pages: Int
  /// Pages of them that are still to be copied.
  public var remaining: Int

  /// Creates a report.
  public init(pages: Int, remaining: Int) {
    self.pages = pages
    self.remaining = remaining
  }
}

extension Connection {
  /// Copies the whole database into another one, whose content is lost, while others use it.
  ///
  /// The copy holds one committed state. Copied in one step, it is the one at that step; in several
  /// steps the last one counts: what others write meanwhile makes the backup begin anew, and under
  /// steady writes it may never end. On an error the target is rolled back to what it was.
  ///
  /// - Parameters:
  ///   - target: another database, outside of any transaction.
  ///   - pagesPerStep: pages that are copied under one lock, at least 1; `nil` copies all at once.
  ///   - afterStep: called after each step but the last, without a lock on the source.
  /// - Returns: the pages copied, with none remaining.
  /// - Throws: BUSY when a lock is not to be had within the busy policy of this connection; LOCKED
  ///   when the target is in use; `error` when both are the same database or connection; what
  ///   `afterStep` throws.
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
      // Where SQLite keeps the error of a backup that did not begin.
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

  /// Writes the content into a new database file, compact and without free pages, while others use
  /// this one: one committed state of it.
  ///
  /// - Parameter path: a file that is not there, or is empty.
  /// - Throws: BUSY when a lock is not to be had within the busy policy; `error` when the file
  ///   holds something, or inside a transaction.
  /// Source: lang_vacuum.html, "VACUUM with an INTO clause".
  public mutating func vacuum(into path: String) throws(SQLiteError) {
    try withStatement(text: "VACUUM INTO ?1") { (statement) throws(SQLiteError) in
      try statement.bind(1, path)
      _ = try statement.step()
    }
  }
}
