import CSQLite
import Synchronization

/// One table of methods for each table of the layer underneath, which has several, for example for
/// files with and without locks.
///
/// Safe because tables are only added, under the lock, and all freed together.
@safe
final class RealMethodTables: @unchecked Sendable {
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

  /// Returns the table that wraps `base`: same version, same methods missing.
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
    // The bits are those of a pointer created above.
    return unsafe UnsafePointer(bitPattern: own) ?? base
  }

  private static func wrapping(_ base: sqlite3_io_methods) -> sqlite3_io_methods {
    var own = sqlite3_io_methods()
    own.iVersion = min(3, base.iVersion)
    unsafe own.xClose = { unsafe RealFileMethods.close($0) }
    unsafe own.xRead = { unsafe RealFileMethods.read($0, $1, $2, $3) }
    unsafe own.xWrite = { unsafe RealFileMethods.write($0, $1, $2, $3) }
    unsafe own.xTruncate = { unsafe RealFileMethods.truncate($0, $1) }
    unsafe own.xSync = { unsafe RealFileMethods.sync($0, $1) }
    unsafe own.xFileSize = { unsafe RealFileMethods.fileSize($0, $1) }
    unsafe own.xLock = { unsafe RealLockMethods.lock($0, $1) }
    unsafe own.xUnlock = { unsafe RealLockMethods.unlock($0, $1) }
    unsafe own.xCheckReservedLock = { unsafe RealLockMethods.checkReservedLock($0, $1) }
    unsafe own.xFileControl = { unsafe RealFileMethods.fileControl($0, $1, $2) }
    unsafe own.xSectorSize = { unsafe RealFileMethods.sectorSize($0) }
    unsafe own.xDeviceCharacteristics = { unsafe RealFileMethods.deviceCharacteristics($0) }
    if base.iVersion >= 2 {
      if unsafe base.xShmMap != nil {
        unsafe own.xShmMap = { unsafe RealLockMethods.sharedMemoryMap($0, $1, $2, $3, $4) }
      }
      if unsafe base.xShmLock != nil {
        unsafe own.xShmLock = { unsafe RealLockMethods.sharedMemoryLock($0, $1, $2, $3) }
      }
      if unsafe base.xShmBarrier != nil {
        unsafe own.xShmBarrier = { unsafe RealLockMethods.sharedMemoryBarrier($0) }
      }
      if unsafe base.xShmUnmap != nil {
        unsafe own.xShmUnmap = { unsafe RealLockMethods.sharedMemoryUnmap($0, $1) }
      }
    }
    if base.iVersion >= 3 {
      if unsafe base.xFetch != nil {
        unsafe own.xFetch = { unsafe RealFileMethods.fetch($0, $1, $2, $3) }
      }
      if unsafe base.xUnfetch != nil {
        unsafe own.xUnfetch = { unsafe RealFileMethods.unfetch($0, $1, $2) }
      }
    }
    return own
  }
}
