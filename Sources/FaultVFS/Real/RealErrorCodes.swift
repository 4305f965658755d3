import AssayModel
import CSQLite

/// Extended result codes, which the header builds with a shift that Swift does not import.
/// Source: sqlite3.h, "Extended Result Codes".
enum RealErrorCodes {
  /// Shared memory could not grow. Source: os_unix.c, `unixShmMap`, on a full file system.
  static let sharedMemorySize: Int32 = SQLITE_IOERR | 19 << 8
  static let shortRead: Int32 = SQLITE_IOERR | 2 << 8

  /// Returns the answer of SQLite's own layer if the system call behind a method fails.
  static func failure(of method: VFSMethod) -> Int32 {
    switch method {
    case .open: SQLITE_CANTOPEN
    case .read: SQLITE_IOERR | 1 << 8
    case .write: SQLITE_IOERR | 3 << 8
    case .sync: SQLITE_IOERR | 4 << 8
    case .truncate: SQLITE_IOERR | 6 << 8
    case .fileSize: SQLITE_IOERR | 7 << 8
    case .unlock: SQLITE_IOERR | 8 << 8
    case .delete: SQLITE_IOERR | 10 << 8
    case .access: SQLITE_IOERR | 13 << 8
    case .lock: SQLITE_IOERR | 15 << 8
    case .sharedMemoryLock: SQLITE_IOERR | 20 << 8
    case .sharedMemoryMap: SQLITE_IOERR | 21 << 8
    case .close, .fetch, .unfetch, .sleep, .checkReservedLock, .fileControl, .sharedMemoryBarrier,
      .sharedMemoryUnmap, .currentTime:
      SQLITE_IOERR
    }
  }
}
