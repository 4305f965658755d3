import AssayModel
import CSQLite

/// The methods of files opened while the disk has an observer: each does the same as the usual one
/// and reports the call. A separate table, so that calls without an observer need no check.
nonisolated(unsafe) let observedMethods: UnsafeMutablePointer<sqlite3_io_methods> = {
  // Unsafe only by its type: written here and never again.
  let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
  unsafe methods.initialize(to: simulatedMethods.pointee)
  unsafe methods.pointee.xClose = observedClose
  unsafe methods.pointee.xRead = observedRead
  unsafe methods.pointee.xWrite = observedWrite
  unsafe methods.pointee.xTruncate = observedTruncate
  unsafe methods.pointee.xSync = observedSync
  unsafe methods.pointee.xLock = observedLock
  unsafe methods.pointee.xUnlock = observedUnlock
  unsafe methods.pointee.xShmLock = observedShmLock
  return unsafe methods
}()

/// Returns the open file of a handle; it stays open during a call.
private func openFile(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
  guard let handle = unsafe handle else { return nil }
  let file = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: SimulatedFile.self)
  return unsafe file.pointee.open?.takeUnretainedValue()
}

private func observedClose(_ handle: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
  let file = unsafe openFile(handle)
  let code = unsafe simulatedMethods.pointee.xClose(handle)
  file?.tell(.close, code)
  return code
}

private func observedRead(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ buffer: UnsafeMutableRawPointer?,
  _ count: Int32, _ offset: sqlite3_int64
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xRead(handle, buffer, count, offset)
  unsafe openFile(handle)?.tell(.read, code) { call in
    call.offset = offset
    call.count = Int(count)
  }
  return code
}

private func observedWrite(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32,
  _ offset: sqlite3_int64
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xWrite(handle, bytes, count, offset)
  unsafe openFile(handle)?.tell(.write, code) { call in
    call.offset = offset
    call.count = Int(count)
  }
  return code
}

private func observedTruncate(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ length: sqlite3_int64
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xTruncate(handle, length)
  unsafe openFile(handle)?.tell(.truncate, code) { $0.offset = length }
  return code
}

private func observedSync(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xSync(handle, flags)
  unsafe openFile(handle)?.tell(.sync, code)
  return code
}

private func observedLock(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ level: Int32
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xLock(handle, level)
  unsafe openFile(handle)?.tell(.lock, code) {
    $0.lock = LockLevel(rawValue: level).map { .level($0) }
  }
  return code
}

private func observedUnlock(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ level: Int32
) -> Int32 {
  let code = unsafe simulatedMethods.pointee.xUnlock(handle, level)
  unsafe openFile(handle)?.tell(.unlock, code) { call in
    call.lock = LockLevel(rawValue: level).map { .level($0) }
  }
  return code
}

private func observedShmLock(
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ first: Int32, _ count: Int32, _ flags: Int32
) -> Int32 {
  let faults = unsafe openFile(handle)?.disk.sharedMemoryFaults.count
  let code = unsafe simulatedMethods.pointee.xShmLock(handle, first, count, flags)
  unsafe openFile(handle)?.tell(.sharedMemoryLock, code, faultsBefore: faults) { call in
    call.lock = .slots(
      Int(first)..<Int(first + count), isShared: flags & SQLITE_SHM_SHARED != 0,
      isGivenBack: flags & SQLITE_SHM_UNLOCK != 0)
  }
  return code
}
