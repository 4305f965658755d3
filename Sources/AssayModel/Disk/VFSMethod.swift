/// A method of `sqlite3_vfs` or `sqlite3_io_methods`. Raw values are the names in scenarios,
/// results and findings.
public enum VFSMethod: String, CaseIterable, Codable, Sendable {
  case open, close, delete, access, read, write, truncate, sync, lock, unlock, fetch, unfetch, sleep
  case fileSize = "file_size"
  case checkReservedLock = "check_reserved_lock"
  case fileControl = "file_control"
  case sharedMemoryMap = "shm_map"
  case sharedMemoryLock = "shm_lock"
  case sharedMemoryBarrier = "shm_barrier"
  case sharedMemoryUnmap = "shm_unmap"
  case currentTime = "current_time"

  /// Methods that can report an error to SQLite, which faults may name.
  public static let failing: [VFSMethod] = [
    .read, .write, .sync, .truncate, .lock, .unlock, .sharedMemoryLock, .sharedMemoryMap, .open,
    .delete, .access, .fileSize,
  ]
}
