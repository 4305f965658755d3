import CSQLite

/// A commit written to the write-ahead log.
public struct WALCommit: Hashable, Sendable {
  /// Schema that was written: `main` or the name of an attached one.
  public var schema: String
  /// Number of frames (pages) in the log now.
  public var frames: Int

  /// Creates a report.
  public init(schema: String, frames: Int) {
    self.schema = schema
    self.frames = frames
  }
}

/// Action requested by a WAL hook.
public enum WALHookAction: Hashable, Sendable {
  /// Nothing.
  case none
  /// A passive checkpoint, immediately and on this thread, like SQLite's own automatic ones.
  case checkpoint
}

/// Effort of a checkpoint. Source: `sqlite3_wal_checkpoint_v2`.
public enum CheckpointMode: Hashable, Sendable, CaseIterable {
  /// Copies as much as possible without waiting for other connections.
  case passive
  /// Waits for writers and for readers of old snapshots, then copies everything.
  case full
  /// Like `full`, then waits for readers so that the next writer restarts the log.
  case restart
  /// Like `restart`, then truncates the log to zero bytes.
  case truncate

  var code: Int32 {
    switch self {
    case .passive: SQLITE_CHECKPOINT_PASSIVE
    case .full: SQLITE_CHECKPOINT_FULL
    case .restart: SQLITE_CHECKPOINT_RESTART
    case .truncate: SQLITE_CHECKPOINT_TRUNCATE
    }
  }
}

/// Result of a checkpoint.
public struct CheckpointResult: Hashable, Sendable {
  /// Frames in the log; -1 if the database is not in WAL mode.
  public var logFrames: Int
  /// Frames of the log copied to the database file so far; -1 if it is not in WAL mode.
  public var checkpointedFrames: Int
  /// True if another connection was in the way, so that it did less than its mode promises.
  ///
  /// A passive checkpoint is busy only if another checkpoint runs; a delay by readers shows in
  /// `checkpointedFrames`.
  public var isBusy: Bool

  /// Creates a result.
  public init(logFrames: Int, checkpointedFrames: Int, isBusy: Bool) {
    self.logFrames = logFrames
    self.checkpointedFrames = checkpointedFrames
    self.isBusy = isBusy
  }

  /// True if every frame of the log is in the database file.
  public var isComplete: Bool { !isBusy && logFrames == checkpointedFrames }
}

extension Connection {
  /// Runs a checkpoint.
  ///
  /// - Parameter schema: `main` or an attached schema; `nil` checkpoints all.
  /// - Throws: any error but BUSY, which is in the result; LOCKED inside a write transaction.
  public mutating func checkpoint(
    _ mode: CheckpointMode, schema: String? = "main"
  ) throws(SQLiteError) -> CheckpointResult {
    var log: Int32 = -1
    var copied: Int32 = -1
    let code = unsafe sqlite3_wal_checkpoint_v2(core.database, schema, mode.code, &log, &copied)
    let isBusy = ResultCode(code).primary == .busy
    guard code == SQLITE_OK || isBusy else { throw core.failure(code, .checkpoint) }
    return CheckpointResult(
      logFrames: Int(log), checkpointedFrames: Int(copied), isBusy: isBusy)
  }

  /// Calls `hook` after each commit into the write-ahead log, on the committing thread.
  ///
  /// SQLite has only one such hook, which its automatic checkpoints also use: while this one is
  /// set, only its answer `.checkpoint` starts a checkpoint. `nil` removes it and restores the
  /// automatic ones. An error of that checkpoint does not fail the commit: the log just stays
  /// longer. Source: `sqlite3_wal_hook`.
  public mutating func setWALHook(
    _ hook: (@Sendable (WALCommit) -> WALHookAction)?
  ) throws(SQLiteError) {
    if hook != nil, core.walHook == nil {
      let frames = try core.pragma("wal_autocheckpoint") ?? ""
      core.automaticCheckpointBeforeHook = Int32(frames) ?? 0
    }
    let hadHook = core.walHook != nil
    core.walHook = hook
    if hook != nil {
      _ = unsafe sqlite3_wal_hook(core.database, walCallback, core.context)
    } else if hadHook {
      let frames = core.automaticCheckpointBeforeHook
      _ = unsafe sqlite3_wal_autocheckpoint(core.database, frames)
    }
  }
}

private func walCallback(
  _ context: UnsafeMutableRawPointer?, _ database: OpaquePointer?,
  _ schema: UnsafePointer<CChar>?, _ frames: Int32
) -> Int32 {
  guard let context = unsafe context, let schema = unsafe schema else { return SQLITE_OK }
  let name = unsafe String(cString: schema)
  unsafe ConnectionCore.from(context).walCommitted(schema: name, frames: Int(frames))
  return SQLITE_OK
}

extension ConnectionCore {
  fileprivate func walCommitted(schema: String, frames: Int) {
    guard let walHook, walHook(WALCommit(schema: schema, frames: frames)) == .checkpoint else {
      return
    }
    _ = unsafe sqlite3_wal_checkpoint_v2(
      database, schema, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }
}

extension Connection {
  /// Keeps the write-ahead log unchanged when this, the last connection, is closed.
  ///
  /// Otherwise the close writes the log into the database file and deletes it.
  /// Source: `SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE`.
  public mutating func keepLogAtClose() {
    core.keepLogAtClose()
  }
}
