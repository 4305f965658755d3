import AssayModel
import CSQLite
import Glibc

/// The file system layer `VFSName.simulated` of this process: registered once, it points at the
/// current disk (decision 3 of the design).
@safe
public final class SimulatedVFS: @unchecked Sendable {
  // Unchecked because `disk` changes only between programs, when no connection is open.
  // Safe because both C structures are allocated once and never freed: SQLite keeps them.

  /// The only instance in this process.
  public static let shared = SimulatedVFS()

  /// Disk on which files are opened; `nil` makes every open fail.
  public var disk: SimulatedDisk?
  private let vfs: UnsafeMutablePointer<sqlite3_vfs>

  private init() {
    unsafe vfs = .allocate(capacity: 1)
    unsafe vfs.initialize(to: sqlite3_vfs())
    unsafe vfs.pointee.iVersion = 2
    unsafe vfs.pointee.szOsFile = Int32(MemoryLayout<SimulatedFile>.size)
    unsafe vfs.pointee.mxPathname = 512
    unsafe vfs.pointee.zName = UnsafePointer(strdup(VFSName.simulated))
    unsafe vfs.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
    unsafe vfs.pointee.xOpen = vfsOpen
    unsafe vfs.pointee.xDelete = vfsDelete
    unsafe vfs.pointee.xAccess = vfsAccess
    unsafe vfs.pointee.xFullPathname = vfsFullPathname
    unsafe vfs.pointee.xRandomness = vfsRandomness
    unsafe vfs.pointee.xSleep = vfsSleep
    unsafe vfs.pointee.xCurrentTime = vfsCurrentTime
    unsafe vfs.pointee.xCurrentTimeInt64 = vfsCurrentTimeInt64
    unsafe vfs.pointee.xGetLastError = { _, _, _ in 0 }
  }

  /// Registers the layer with SQLite under its name; further calls do nothing.
  public func register() {
    guard unsafe sqlite3_vfs_find(VFSName.simulated) == nil else { return }
    unsafe sqlite3_vfs_register(vfs, 0)
  }
}

/// Returns the disk for a call.
@inline(__always)
private func currentDisk(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedDisk? {
  guard let data = unsafe vfs?.pointee.pAppData else { return nil }
  return unsafe Unmanaged<SimulatedVFS>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.disk }
}

/// Julian day of the Unix epoch in milliseconds. Source: SQLite, `os_unix.c`,
/// `unixCurrentTimeInt64`.
let julianUnixEpochMilliseconds: Int64 = 24_405_875 * 8_640_000

private func vfsOpen(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
  _ handle: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
  _ flagsOut: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guard let handle = unsafe handle else { return SQLITE_MISUSE }
  let file = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: SimulatedFile.self)
  // With `pMethods` unset, SQLite does not close a file that was not opened.
  unsafe file.initialize(to: SimulatedFile())
  guard let disk = unsafe currentDisk(vfs) else { return SQLITE_CANTOPEN }
  if !disk.isPlain {
    guard case .admitted = disk.enter(.open, FileKind(flags: flags)) else { return SQLITE_CANTOPEN }
  }
  guard let open = unsafe disk.open(path, flags: flags) else { return SQLITE_CANTOPEN }
  unsafe file.pointee.open = Unmanaged.passRetained(open)
  let isObserved = disk.observer != nil
  unsafe file.pointee.methods = UnsafePointer(isObserved ? observedMethods : simulatedMethods)
  unsafe flagsOut?.pointee = flags
  if isObserved { open.tell(.open, SQLITE_OK) }
  return SQLITE_OK
}

private func vfsDelete(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?, _ sync: Int32
) -> Int32 {
  guard let disk = unsafe currentDisk(vfs), let path = unsafe path else { return SQLITE_IOERR }
  if !disk.isPlain {
    let kind = unsafe disk.inode(at: path)?.kind
    guard case .admitted = disk.enter(.delete, kind) else { return assay_IOERR_DELETE }
  }
  let kind = disk.observer == nil ? nil : unsafe disk.inode(at: path)?.kind
  let code = unsafe disk.remove(path, syncsDirectory: sync != 0)
  if let kind, code == SQLITE_OK { disk.observer?.answered(DiskCall(.delete, kind)) }
  return code
}

private func vfsAccess(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?, _ flags: Int32,
  _ result: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guard let disk = unsafe currentDisk(vfs), let path = unsafe path else { return SQLITE_IOERR }
  if !disk.isPlain {
    let kind = unsafe disk.inode(at: path)?.kind
    guard case .admitted = disk.enter(.access, kind) else { return assay_IOERR_ACCESS }
  }
  let inode = unsafe disk.inode(at: path)
  // As on unix, SQLite considers a file to exist if its length is not zero.
  let exists = flags == SQLITE_ACCESS_EXISTS ? (inode?.count ?? 0) > 0 : inode != nil
  unsafe result?.pointee = exists ? 1 : 0
  return SQLITE_OK
}

private func vfsFullPathname(
  _: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?, _ capacity: Int32,
  _ output: UnsafeMutablePointer<CChar>?
) -> Int32 {
  guard let path = unsafe path, let output = unsafe output else { return SQLITE_CANTOPEN }
  let length = unsafe strlen(path)
  guard length < capacity else { return SQLITE_CANTOPEN }
  unsafe output.update(from: path, count: length + 1)
  return SQLITE_OK
}

private func vfsRandomness(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ count: Int32, _ buffer: UnsafeMutablePointer<CChar>?
) -> Int32 {
  guard let disk = unsafe currentDisk(vfs), let buffer = unsafe buffer else { return 0 }
  unsafe disk.fillRandom(UnsafeMutableRawPointer(buffer), count: Int(count))
  return count
}

private func vfsSleep(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ microseconds: Int32) -> Int32 {
  guard let disk = unsafe currentDisk(vfs) else { return 0 }
  _ = disk.yieldPoint?.sleep(for: .microseconds(Int64(max(0, microseconds))))
  return microseconds
}

private func vfsCurrentTimeInt64(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ time: UnsafeMutablePointer<sqlite3_int64>?
) -> Int32 {
  let disk = unsafe currentDisk(vfs)
  let now = disk?.yieldPoint?.wallNow() ?? disk?.wallTime ?? WallTime(milliseconds: 0)
  unsafe time?.pointee = julianUnixEpochMilliseconds + now.milliseconds
  return SQLITE_OK
}

private func vfsCurrentTime(
  _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ time: UnsafeMutablePointer<Double>?
) -> Int32 {
  var milliseconds: sqlite3_int64 = 0
  _ = unsafe vfsCurrentTimeInt64(vfs, &milliseconds)
  unsafe time?.pointee = Double(milliseconds) / 86_400_000
  return SQLITE_OK
}
