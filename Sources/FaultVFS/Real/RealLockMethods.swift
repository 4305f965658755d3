import AssayModel
import CSQLite

/// The methods of an open file that lock, and those of its shared memory.
enum RealLockMethods {
  typealias File = UnsafeMutablePointer<sqlite3_file>

  static func lock(_ file: File?, _ level: Int32) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.lock.bit == 0 else {
      return unsafe faulted(own, .lock, special: { _ in SQLITE_OK }) {
        // The layer underneath must not take a higher lock without the lower one, which it was
        // never asked for: its own count of shared locks would go wrong.
        if unsafe own.pointee.realLock == SQLITE_LOCK_NONE, level > SQLITE_LOCK_SHARED {
          return SQLITE_OK
        }
        let code = unsafe own.pointee.real.pointee.pMethods.pointee.xLock(own.pointee.real, level)
        if code == SQLITE_OK { unsafe own.pointee.realLock = max(own.pointee.realLock, level) }
        return code
      }
    }
    return unsafe counted(own, .lock) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xLock(own.pointee.real, level)
    }
  }

  static func unlock(_ file: File?, _ level: Int32) -> Int32 {
    let own = unsafe RealFile.of(file)
    let masked = VFSMethod.unlock.bit | VFSMethod.lock.bit
    guard unsafe own.pointee.mask & masked == 0 else {
      return unsafe faultedUnlock(own, level)
    }
    return unsafe counted(own, .unlock) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xUnlock(own.pointee.real, level)
    }
  }

  /// An unlock that reports an error has released the lock anyway, as in SQLite's own layer, which
  /// counts the lock as gone even if the system call fails.
  private static func faultedUnlock(_ own: RealFileHandle, _ level: Int32) -> Int32 {
    func release() -> Int32 {
      guard unsafe own.pointee.mask & VFSMethod.lock.bit != 0 else {
        return unsafe own.pointee.real.pointee.pMethods.pointee.xUnlock(own.pointee.real, level)
      }
      guard unsafe own.pointee.realLock > level else { return SQLITE_OK }
      unsafe own.pointee.realLock = level
      return unsafe own.pointee.real.pointee.pMethods.pointee.xUnlock(own.pointee.real, level)
    }
    return unsafe counted(own, .unlock) {
      let table = unsafe own.pointee.system._withUnsafeGuaranteedRef { $0.table }
      unsafe witnessed(own) { $0.announce(.unlock, $1) }
      table.delay(.unlock)
      let decision = unsafe table.decide(.unlock, own.pointee.kind)
      if decision == .kill(.before) { dieNow() }
      let code = release()
      switch decision {
      case .kill: dieNow()
      case .fail(let failure): return failure
      default: return code
      }
    }
  }

  static func checkReservedLock(_ file: File?, _ result: UnsafeMutablePointer<Int32>?) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe RealFileMethods.plain(own, .checkReservedLock) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xCheckReservedLock(
        own.pointee.real, result)
    }
  }

  // MARK: Shared memory

  static func sharedMemoryMap(
    _ file: File?, _ page: Int32, _ size: Int32, _ extend: Int32,
    _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    func map(_ extend: Int32) -> Int32 {
      unsafe own.pointee.real.pointee.pMethods.pointee.xShmMap(
        own.pointee.real, page, size, extend, place)
    }
    guard unsafe own.pointee.mask & VFSMethod.sharedMemoryMap.bit != 0 else {
      return unsafe counted(own, .sharedMemoryMap) { map(extend) }
    }
    // An existing region needs no space. Without permission to extend, nothing grows.
    func mapsWithoutRoom() -> Bool {
      let code = map(0)
      let isThere = unsafe place?.pointee != nil
      return code != SQLITE_OK || extend == 0 || isThere
    }
    return unsafe faulted(own, .sharedMemoryMap) { _ in
      RealErrorCodes.sharedMemorySize
    } _: {
      map(extend)
    } room: {
      mapsWithoutRoom() ? Int(size) : 0
    }
  }

  static func sharedMemoryLock(
    _ file: File?, _ first: Int32, _ count: Int32, _ flags: Int32
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.sharedMemoryLock.bit == 0 else {
      return unsafe faultedSharedMemoryLock(own, first, count, flags)
    }
    return unsafe counted(own, .sharedMemoryLock) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xShmLock(
        own.pointee.real, first, count, flags)
    }
  }

  private static func faultedSharedMemoryLock(
    _ own: RealFileHandle, _ first: Int32, _ count: Int32, _ flags: Int32
  ) -> Int32 {
    let slots = (UInt32(1) << UInt32(first + count)) - (UInt32(1) << UInt32(first))
    let isUnlock = flags & SQLITE_SHM_UNLOCK != 0
    func pass() -> Int32 {
      if isUnlock, unsafe own.pointee.silentSlots & slots == slots {
        unsafe own.pointee.silentSlots &= ~slots
        return SQLITE_OK
      }
      return unsafe own.pointee.real.pointee.pMethods.pointee.xShmLock(
        own.pointee.real, first, count, flags)
    }
    if isUnlock {
      // SQLite ignores errors of an unlock: the call can only be delayed or die.
      return unsafe counted(own, .sharedMemoryLock) {
        unsafe witnessed(own) { $0.announce(.sharedMemoryLock, $1) }
        unsafe own.pointee.system._withUnsafeGuaranteedRef { $0.table }.delay(.sharedMemoryLock)
        return pass()
      }
    }
    return unsafe faulted(own, .sharedMemoryLock) { decision in
      if case .grant = decision { unsafe own.pointee.silentSlots |= slots }
      return SQLITE_OK
    } _: {
      pass()
    }
  }

  static func sharedMemoryBarrier(_ file: File?) {
    let own = unsafe RealFile.of(file)
    _ = unsafe RealFileMethods.plain(own, .sharedMemoryBarrier) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xShmBarrier(own.pointee.real)
      return SQLITE_OK
    }
  }

  static func sharedMemoryUnmap(_ file: File?, _ deletes: Int32) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe RealFileMethods.plain(own, .sharedMemoryUnmap) {
      unsafe own.pointee.silentSlots = 0
      return unsafe own.pointee.real.pointee.pMethods.pointee.xShmUnmap(own.pointee.real, deletes)
    }
  }
}
