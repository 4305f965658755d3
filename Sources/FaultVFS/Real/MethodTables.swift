import CSQLite
import Synchronization

/// One table of methods for each table of the layer underneath, which has several: for files with
/// and without locks, say.
///
/// Safe because tables are only added, under the lock, and freed with the whole.
@safe
final class MethodTables: @unchecked Sendable {
  // Unchecked because of the pointers, which are only used under the lock or read by SQLite, which
  // never writes to them.
  private let tables = Mutex<[Entry]>([])

  @safe
  private struct Entry: @unchecked Sendable {
    // Unchecked because of the pointers; see above.
    var base: UnsafePointer<sqlite3_io_methods>
    var own: UnsafeMutablePointer<sqlite3_io_methods>
  }

  deinit {
    tables.withLock { entries in
      for entry in entries {
        unsafe entry.own.deinitialize(count: 1)
        unsafe entry.own.deallocate()
      }
    }
  }

  /// The table that stands before `base`: of the same version, with the same methods missing.
  func table(
    for base: UnsafePointer<sqlite3_io_methods>
  ) -> UnsafePointer<sqlite3_io_methods> {
    let address = UInt(bitPattern: base)
    let own = tables.withLock { entries -> UInt in
      if let known = entries.first(where: { unsafe UInt(bitPattern: $0.base) == address }) {
        return unsafe UInt(bitPattern: known.own)
      }
      let own = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
      unsafe own.initialize(to: Self.wrapping(base.pointee))
      unsafe entries.append(Entry(base: base, own: own))
      return UInt(bitPattern: own)
    }
    // The bits are those of a pointer that was made above.
    return unsafe UnsafePointer(bitPattern: own) ?? base
  }

  private static func wrapping(_ base: sqlite3_io_methods) -> sqlite3_io_methods {
    var own = sqlite3_io_methods()
    own.iVersion = min(3, base.iVersion)
    unsafe own.xClose = { unsafe FileMethods.close($0) }
    unsafe own.xRead = { unsafe FileMethods.read($0, $1, $2, $3) }
    unsafe own.xWrite = { unsafe FileMethods.write($0, $1, $2, $3) }
    unsafe own.xTruncate = { unsafe FileMethods.truncate($0, $1) }
    unsafe own.xSync = { unsafe FileMethods.sync($0, $1) }
    unsafe own.xFileSize = { unsafe FileMethods.fileSize($0, $1) }
    unsafe own.xLock = { unsafe LockMethods.lock($0, $1) }
    unsafe own.xUnlock = { unsafe LockMethods.unlock($0, $1) }
    unsafe own.xCheckReservedLock = { unsafe LockMethods.checkReservedLock($0, $1) }
    unsafe own.xFileControl = { unsafe FileMethods.fileControl($0, $1, $2) }
    unsafe own.xSectorSize = { unsafe FileMethods.sectorSize($0) }
    unsafe own.xDeviceCharacteristics = { unsafe FileMethods.deviceCharacteristics($0) }
    if base.iVersion >= 2 {
      if unsafe base.xShmMap != nil {
        unsafe own.xShmMap = { unsafe LockMethods.sharedMemoryMap($0, $1, $2, $3, $4) }
      }
      if unsafe base.xShmLock != nil {
        unsafe own.xShmLock = { unsafe LockMethods.sharedMemoryLock($0, $1, $2, $3) }
      }
      if unsafe base.xShmBarrier != nil {
        unsafe own.xShmBarrier = { unsafe LockMethods.sharedMemoryBarrier($0) }
      }
      if unsafe base.xShmUnmap != nil {
        unsafe own.xShmUnmap = { unsafe LockMethods.sharedMemoryUnmap($0, $1) }
      }
    }
    if base.iVersion >= 3 {
      if unsafe base.xFetch != nil {
        unsafe own.xFetch = { unsafe FileMethods.fetch($0, $1, $2, $3) }
      }
      if unsafe base.xUnfetch != nil {
        unsafe own.xUnfetch = { unsafe FileMethods.unfetch($0, $1, $2) }
      }
    }
    return own
  }
}
