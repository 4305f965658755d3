import AssayModel
import CSQLite

/// State that the simulated disk keeps in the memory SQLite provides for each open file.
@safe
struct SimulatedFile {
  // Safe because SQLite owns the memory from xOpen to xClose and calls nothing else in between;
  // `open` is retained by the first and released by the second.

  /// Must come first, as `sqlite3_file` requires.
  var methods: UnsafePointer<sqlite3_io_methods>?
  var open: Unmanaged<OpenFile>?

  init() {
    unsafe methods = nil
    unsafe open = nil
  }
}

/// The methods of every open file; created once, never freed.
///
/// Version 3 for `xFetch` and `xUnfetch`, which map under `PRAGMA mmap_size`; without `xUnfetch`,
/// schedules would also lose one window.
nonisolated(unsafe) let simulatedMethods: UnsafeMutablePointer<sqlite3_io_methods> = {
  // Unsafe only by its type: written here and never again.
  let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
  unsafe methods.initialize(to: sqlite3_io_methods())
  unsafe methods.pointee.iVersion = 3
  unsafe methods.pointee.xClose = fileClose
  unsafe methods.pointee.xRead = fileRead
  unsafe methods.pointee.xWrite = fileWrite
  unsafe methods.pointee.xTruncate = fileTruncate
  unsafe methods.pointee.xSync = fileSync
  unsafe methods.pointee.xFileSize = fileSize
  unsafe methods.pointee.xLock = fileLock
  unsafe methods.pointee.xUnlock = fileUnlock
  unsafe methods.pointee.xCheckReservedLock = fileCheckReservedLock
  unsafe methods.pointee.xFileControl = fileControl
  unsafe methods.pointee.xSectorSize = fileSectorSize
  unsafe methods.pointee.xDeviceCharacteristics = fileDeviceCharacteristics
  unsafe methods.pointee.xShmMap = fileShmMap
  unsafe methods.pointee.xShmLock = fileShmLock
  unsafe methods.pointee.xShmBarrier = fileShmBarrier
  unsafe methods.pointee.xShmUnmap = fileShmUnmap
  unsafe methods.pointee.xFetch = fileFetch
  unsafe methods.pointee.xUnfetch = fileUnfetch
  return unsafe methods
}()

/// Passes the open file of a handle to a closure.
@inline(__always)
private func withFile<Result>(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ body: (OpenFile) -> Result
) -> Result? {
  guard let handle = unsafe handle else { return nil }
  let file = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: SimulatedFile.self)
  return unsafe file.pointee.open?._withUnsafeGuaranteedRef { body($0) }
}

/// Makes a call that a fault can only fail as a whole.
@inline(__always)
private func call(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ method: VFSMethod, failing code: Int32,
  _ body: (OpenFile) -> Int32
) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      guard case .admitted = file.disk.enter(method, file.kind) else { return code }
    }
    return body(file)
  } ?? SQLITE_MISUSE
}

private func fileClose(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
  guard let handle = unsafe handle else { return SQLITE_MISUSE }
  let file = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: SimulatedFile.self)
  guard let open = unsafe file.pointee.open?.takeRetainedValue() else { return SQLITE_OK }
  unsafe file.initialize(to: SimulatedFile())
  let disk = open.disk
  // Closing can't fail; a dead process has closed already, as far as any other process can see.
  if !disk.isPlain, case .dead = disk.enter(.close, open.kind) {
    disk.forget(open)
    return SQLITE_OK
  }
  disk.close(open)
  return SQLITE_OK
}

private func fileRead(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ buffer: UnsafeMutableRawPointer?,
  _ count: Int32, _ offset: sqlite3_int64
) -> Int32 {
  guard let buffer = unsafe buffer else { return SQLITE_MISUSE }
  return unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      switch file.disk.enter(.read, file.kind, bytes: Int(count)) {
      case .admitted: break
      case .fault(let effect):
        return unsafe file.read(buffer, count: Int(count), at: Int(offset), under: effect)
      case .dead: return assay_IOERR_READ
      }
    }
    return unsafe file.read(buffer, count: Int(count), at: Int(offset))
  } ?? SQLITE_MISUSE
}

private func fileWrite(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32,
  _ offset: sqlite3_int64
) -> Int32 {
  guard let bytes = unsafe bytes else { return SQLITE_MISUSE }
  return unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      let grows = file.grows(writing: Int(count), at: Int(offset))
      switch file.disk.enter(.write, file.kind, bytes: Int(count), grows: grows) {
      case .admitted: break
      case .fault(.diskFull): return SQLITE_FULL
      case .fault(let effect):
        return unsafe file.write(bytes, count: Int(count), at: Int(offset), under: effect)
      case .dead: return assay_IOERR_WRITE
      }
    }
    return unsafe file.write(bytes, count: Int(count), at: Int(offset))
  } ?? SQLITE_MISUSE
}

private func fileTruncate(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ length: sqlite3_int64
) -> Int32 {
  unsafe call(handle, .truncate, failing: assay_IOERR_TRUNCATE) {
    $0.truncate(to: Int(length))
  }
}

private func fileSync(_ handle: UnsafeMutablePointer<sqlite3_file>?, _: Int32) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      switch file.disk.enter(.sync, file.kind) {
      case .admitted: break
      case .fault(.fsyncError):
        file.dropUnsynced()
        return assay_IOERR_FSYNC
      case .fault, .dead: return assay_IOERR_FSYNC
      }
    }
    return file.sync()
  } ?? SQLITE_MISUSE
}

private func fileSize(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ size: UnsafeMutablePointer<sqlite3_int64>?
) -> Int32 {
  unsafe call(handle, .fileSize, failing: assay_IOERR_FSTAT) { file in
    unsafe size?.pointee = sqlite3_int64(file.inode.count)
    return SQLITE_OK
  }
}

private func fileLock(_ handle: UnsafeMutablePointer<sqlite3_file>?, _ level: Int32) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      switch file.disk.enter(.lock, file.kind) {
      case .admitted: break
      case .fault(.silentLock):
        file.pretendLock(level)
        return SQLITE_OK
      case .fault, .dead: return assay_IOERR_LOCK
      }
    }
    return file.lock(to: level)
  } ?? SQLITE_MISUSE
}

private func fileUnlock(_ handle: UnsafeMutablePointer<sqlite3_file>?, _ level: Int32) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      switch file.disk.enter(.unlock, file.kind) {
      case .admitted: break
      case .fault:
        // As in SQLite's own layer, an unlock that reports an error has released the lock anyway.
        _ = file.unlock(to: level)
        return assay_IOERR_UNLOCK
      case .dead: return assay_IOERR_UNLOCK
      }
    }
    return file.unlock(to: level)
  } ?? SQLITE_MISUSE
}

private func fileCheckReservedLock(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ result: UnsafeMutablePointer<Int32>?
) -> Int32 {
  unsafe call(handle, .checkReservedLock, failing: assay_IOERR_CHECKRESERVEDLOCK) { file in
    unsafe result?.pointee = file.inode.locks.isReserved ? 1 : 0
    return SQLITE_OK
  }
}

private func fileSectorSize(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
  unsafe withFile(handle) { Int32($0.disk.settings.sectorSize) } ?? 512
}

private func fileDeviceCharacteristics(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
  unsafe withFile(handle) { $0.disk.deviceCharacteristics } ?? 0
}

private func fileShmMap(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ region: Int32, _ size: Int32, _ extend: Int32,
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      let grows = extend != 0 && !file.hasSharedMemory(region: Int(region))
      switch file.disk.enter(.sharedMemoryMap, file.kind, grows: grows) {
      case .admitted: break
      case .fault(.diskFull): return assay_IOERR_SHMSIZE
      case .fault, .dead: return assay_IOERR_SHMMAP
      }
    }
    unsafe result?.pointee = file.mapSharedMemory(
      Int(region), size: Int(size), extend: extend != 0)
    return SQLITE_OK
  } ?? SQLITE_MISUSE
}

private func fileShmLock(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ first: Int32, _ count: Int32, _ flags: Int32
) -> Int32 {
  unsafe withFile(handle) { file in
    if !file.disk.isPlain {
      switch file.disk.enter(.sharedMemoryLock, file.kind) {
      case .admitted: break
      case .fault(.silentLock): return SQLITE_OK
      case .fault:
        // SQLite ignores the result code of an unlock, and its own layer has released the lock.
        if flags & SQLITE_SHM_UNLOCK != 0 {
          _ = file.lockSharedMemory(first: Int(first), count: Int(count), flags: flags)
        }
        return assay_IOERR_SHMLOCK
      case .dead: return assay_IOERR_SHMLOCK
      }
    }
    return file.lockSharedMemory(first: Int(first), count: Int(count), flags: flags)
  } ?? SQLITE_MISUSE
}

private func fileShmBarrier(_ handle: UnsafeMutablePointer<sqlite3_file>?) {
  _ = unsafe call(handle, .sharedMemoryBarrier, failing: SQLITE_OK) { _ in SQLITE_OK }
}

private func fileShmUnmap(_ handle: UnsafeMutablePointer<sqlite3_file>?, _: Int32) -> Int32 {
  unsafe call(handle, .sharedMemoryUnmap, failing: SQLITE_OK) { file in
    file.unmapSharedMemory()
    return SQLITE_OK
  }
}

/// Handles the only file control that a SQLite setting needs.
private func fileControl(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ control: Int32,
  _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard control == SQLITE_FCNTL_MMAP_SIZE,
    let limit = unsafe argument?.assumingMemoryBound(to: sqlite3_int64.self)
  else { return SQLITE_NOTFOUND }
  return unsafe withFile(handle) { file in
    let before = file.setMappingLimit(Int(unsafe limit.pointee))
    unsafe limit.pointee = sqlite3_int64(before)
    return SQLITE_OK
  } ?? SQLITE_MISUSE
}

/// A fault in the mapping is not an error: SQLite reads the page instead.
private func fileFetch(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ offset: sqlite3_int64, _ count: Int32,
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
  unsafe result?.pointee = nil
  return unsafe call(handle, .fetch, failing: SQLITE_OK) { file in
    unsafe result?.pointee = file.fetch(count: Int(count), at: Int(offset))
    return SQLITE_OK
  }
}

/// Returns a page whatever the outcome of the call: dead processes return theirs as well.
private func fileUnfetch(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _: sqlite3_int64,
  _ page: UnsafeMutableRawPointer?
) -> Int32 {
  let isPage = unsafe page != nil
  return unsafe withFile(handle) { file in
    if isPage {
      file.returnFetched()
    } else {
      file.mapping.drop()
    }
    if !file.disk.isPlain { _ = file.disk.enter(.unfetch, file.kind) }
    return SQLITE_OK
  } ?? SQLITE_MISUSE
}
