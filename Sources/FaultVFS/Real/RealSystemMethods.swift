import AssayModel
import CSQLite
import Glibc

/// The methods of the layer itself that open, delete and check files, and those that wait.
enum RealSystemMethods {
  typealias System = UnsafeMutablePointer<sqlite3_vfs>

  @inline(__always)
  static func owner(_ system: System?) -> RealFileSystem? {
    guard let data = unsafe system?.pointee.pAppData else { return nil }
    return unsafe Unmanaged<RealFileSystem>.fromOpaque(data).takeUnretainedValue()
  }

  // MARK: Files

  static func open(
    _ system: System?, _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ flags: Int32, _ flagsOut: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let owner = unsafe owner(system), let file = unsafe file else { return SQLITE_MISUSE }
    // With `pMethods` unset, SQLite does not close a file that could not be opened.
    unsafe file.pointee.pMethods = nil
    let kind = FileKind(flags: flags)
    let memory = UnsafeMutableRawPointer(file)
    let real = unsafe (memory + RealFile.headerSize).assumingMemoryBound(to: sqlite3_file.self)
    unsafe real.pointee.pMethods = nil
    let start = owner.measuresTime ? monotonicNanoseconds() : 0
    let code = owner.faulted(.open, kind) {
      let isNew = unsafe owner.witness != nil && isMissing(name, flags, owner)
      let code = unsafe owner.base.pointee.xOpen(owner.base, name, real, flags, flagsOut)
      if isNew, code == SQLITE_OK { owner.witness?.created(kind) }
      return code
    }
    guard code == SQLITE_OK, let methods = unsafe real.pointee.pMethods else {
      owner.countShared(.open, kind, since: start)
      if let methods = unsafe real.pointee.pMethods {
        _ = unsafe methods.pointee.xClose(real)
      }
      return code == SQLITE_OK ? SQLITE_CANTOPEN : code
    }
    let undo = unsafe owner.undoLog(kind, name: name)
    let (block, number) = owner.registry.join(kind, owner: unsafe database(of: name, kind))
    unsafe memory.initializeMemory(
      as: RealFile.self,
      to: RealFile(
        base: sqlite3_file(pMethods: owner.methodTables.table(for: methods)), real: real,
        system: .passUnretained(owner), undo: undo.map { unsafe .passRetained($0) },
        counters: block, number: number, kind: kind, isTimed: owner.measuresTime,
        mask: owner.mask(kind), realLock: SQLITE_LOCK_NONE, silentSlots: 0))
    owner.countOpen(block, since: start)
    return code
  }

  /// Returns true if a file to be created does not exist yet, for the witness.
  private static func isMissing(
    _ name: UnsafePointer<CChar>?, _ flags: Int32, _ owner: RealFileSystem
  ) -> Bool {
    guard let name = unsafe name, flags & SQLITE_OPEN_CREATE != 0 else { return false }
    var exists: Int32 = 0
    // EXISTS would not do: SQLite's layer reports empty files as missing.
    _ = unsafe owner.base.pointee.xAccess(owner.base, name, SQLITE_ACCESS_READWRITE, &exists)
    return exists == 0
  }

  /// Returns the number of the database file to which a journal or log belongs.
  ///
  /// The names lie in the pager's memory, from which SQLite can find the database's file.
  private static func database(of name: UnsafePointer<CChar>?, _ kind: FileKind) -> UInt64? {
    guard kind == .journal || kind == .wal, let name = unsafe name,
      let file = unsafe sqlite3_database_file_object(name)
    else { return nil }
    return unsafe RealFile.of(file).pointee.number
  }

  static func delete(
    _ system: System?, _ name: UnsafePointer<CChar>?, _ syncsFolder: Int32
  ) -> Int32 {
    guard let owner = unsafe owner(system), let name = unsafe name else { return SQLITE_MISUSE }
    let kind = unsafe FileKind(path: name)
    return owner.shared(.delete, kind) {
      let place = owner.witness?.steps.count ?? 0
      let code = unsafe owner.base.pointee.xDelete(owner.base, name, syncsFolder)
      if code == SQLITE_OK {
        unsafe owner.forget(name, kind)
        owner.witness?.deleted(kind, at: place)
      }
      return code
    }
  }

  static func access(
    _ system: System?, _ name: UnsafePointer<CChar>?, _ flags: Int32,
    _ result: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let owner = unsafe owner(system), let name = unsafe name else { return SQLITE_MISUSE }
    return unsafe owner.shared(.access, FileKind(path: name)) {
      unsafe owner.base.pointee.xAccess(owner.base, name, flags, result)
    }
  }

  static func fullPathname(
    _ system: System?, _ name: UnsafePointer<CChar>?, _ size: Int32,
    _ result: UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    guard let owner = unsafe owner(system) else { return SQLITE_MISUSE }
    return unsafe owner.base.pointee.xFullPathname(owner.base, name, size, result)
  }

  // MARK: Time and chance

  static func sleep(_ system: System?, _ microseconds: Int32) -> Int32 {
    guard let owner = unsafe owner(system) else { return 0 }
    if let witness = owner.witness { return witness.sleep(microseconds: microseconds) }
    return owner.shared(.sleep, nil) {
      unsafe owner.base.pointee.xSleep(owner.base, microseconds)
    }
  }

  static func currentTime(_ system: System?, _ days: UnsafeMutablePointer<Double>?) -> Int32 {
    guard let owner = unsafe owner(system) else { return SQLITE_ERROR }
    if let witness = owner.witness {
      unsafe days?.pointee = Double(witness.now) / 86_400_000
      return SQLITE_OK
    }
    return owner.shared(.currentTime, nil) {
      unsafe owner.base.pointee.xCurrentTime(owner.base, days)
    }
  }

  static func currentTimeInt64(
    _ system: System?, _ milliseconds: UnsafeMutablePointer<sqlite3_int64>?
  ) -> Int32 {
    guard let owner = unsafe owner(system) else { return SQLITE_ERROR }
    if let witness = owner.witness {
      unsafe milliseconds?.pointee = witness.now
      return SQLITE_OK
    }
    return owner.shared(.currentTime, nil) {
      unsafe owner.base.pointee.xCurrentTimeInt64(owner.base, milliseconds)
    }
  }

  static func randomness(
    _ system: System?, _ count: Int32, _ bytes: UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    guard let owner = unsafe owner(system) else { return 0 }
    return unsafe owner.base.pointee.xRandomness(owner.base, count, bytes)
  }

  static func lastError(
    _ system: System?, _ size: Int32, _ text: UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    guard let owner = unsafe owner(system) else { return 0 }
    return unsafe owner.base.pointee.xGetLastError(owner.base, size, text)
  }

  /// Returns the layer that wraps `base`.
  ///
  /// Methods for extensions and system calls are those of the base: SQLite's own layers do not use
  /// the structure passed to them there.
  static func wrapping(_ base: sqlite3_vfs) -> sqlite3_vfs {
    var own = unsafe base
    unsafe own.pNext = nil
    unsafe own.szOsFile = base.szOsFile + Int32(RealFile.headerSize)
    unsafe own.xOpen = { unsafe RealSystemMethods.open($0, $1, $2, $3, $4) }
    unsafe own.xDelete = { unsafe RealSystemMethods.delete($0, $1, $2) }
    unsafe own.xAccess = { unsafe RealSystemMethods.access($0, $1, $2, $3) }
    unsafe own.xFullPathname = { unsafe RealSystemMethods.fullPathname($0, $1, $2, $3) }
    unsafe own.xRandomness = { unsafe RealSystemMethods.randomness($0, $1, $2) }
    unsafe own.xSleep = { unsafe RealSystemMethods.sleep($0, $1) }
    unsafe own.xCurrentTime = { unsafe RealSystemMethods.currentTime($0, $1) }
    if unsafe base.xGetLastError != nil {
      unsafe own.xGetLastError = { unsafe RealSystemMethods.lastError($0, $1, $2) }
    }
    if unsafe base.iVersion >= 2, unsafe base.xCurrentTimeInt64 != nil {
      unsafe own.xCurrentTimeInt64 = { unsafe RealSystemMethods.currentTimeInt64($0, $1) }
    }
    return unsafe own
  }
}
