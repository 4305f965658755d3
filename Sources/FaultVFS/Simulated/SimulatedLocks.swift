import CSQLite

/// The five lock levels of one database file, granted to its connections as in the unix VFS.
///
/// Source: SQLite, `os_unix.c`, `unixLock` and `unixUnlock`.
struct SimulatedLocks {
  private var sharedCount = 0
  /// Numbers of open files; 0 for none.
  private var reserved: Int32 = 0
  private var pending: Int32 = 0
  private var exclusive: Int32 = 0

  /// Raises the lock of a file.
  ///
  /// - Returns: OK, or BUSY if another connection is in the way; a failed request for EXCLUSIVE
  ///   leaves PENDING behind.
  mutating func lock(_ file: OpenFile, to level: Int32) -> Int32 {
    if file.lockLevel >= level { return SQLITE_OK }
    switch level {
    case SQLITE_LOCK_SHARED:
      if pending != 0 || exclusive != 0 { return SQLITE_BUSY }
      sharedCount += 1
      file.lockLevel = SQLITE_LOCK_SHARED
    case SQLITE_LOCK_RESERVED:
      if reserved != 0 || pending != 0 || exclusive != 0 { return SQLITE_BUSY }
      reserved = file.number
      file.lockLevel = SQLITE_LOCK_RESERVED
    default:
      if pending != 0, pending != file.number { return SQLITE_BUSY }
      if reserved != 0, reserved != file.number { return SQLITE_BUSY }
      pending = file.number
      file.lockLevel = SQLITE_LOCK_PENDING
      if sharedCount > 1 { return SQLITE_BUSY }
      exclusive = file.number
      file.lockLevel = SQLITE_LOCK_EXCLUSIVE
    }
    return SQLITE_OK
  }

  /// Lowers the lock of a file to SHARED or NONE.
  ///
  /// - Returns: true if the file released RESERVED, which ends a write transaction.
  mutating func unlock(_ file: OpenFile, to level: Int32) -> Bool {
    guard file.lockLevel > level else { return false }
    let endsTransaction = reserved == file.number
    if endsTransaction { reserved = 0 }
    if pending == file.number { pending = 0 }
    if exclusive == file.number { exclusive = 0 }
    if level == SQLITE_LOCK_NONE { sharedCount -= 1 }
    file.lockLevel = level
    return endsTransaction
  }

  /// True if a connection holds RESERVED or more.
  var isReserved: Bool { reserved != 0 || pending != 0 || exclusive != 0 }
}
