import AssayModel
import CSQLite

/// One open file of the simulated disk: the object behind a `sqlite3_file`.
///
/// Each method behaves as the unix VFS does for the same call and appends to the disk's log. Result
/// codes are SQLite's.
///
/// Safe because `shared` is set from the memory of `inode`, which never changes once it is made.
@safe
final class OpenFile {
  /// Number among the open files of the disk, from 1.
  let number: Int32
  /// Disk on which the file was opened; it outlives its open files.
  let disk: SimulatedDisk
  let inode: SimulatedInode
  let kind: FileKind
  /// Number of the simulated process that opened the file.
  let process: Int32
  /// True if the file has a name and so takes part in crashes and logs.
  let isNamed: Bool
  /// True if the first sync also syncs the directory: a journal or WAL opened with the create flag.
  private var syncsDirectory: Bool
  private let deletesOnClose: Int32
  var lockLevel: Int32 = SQLITE_LOCK_NONE
  var sharedSlots: UInt16 = 0
  var exclusiveSlots: UInt16 = 0
  /// Mapped part of the content.
  var mapping = FileMapping()
  /// True if the file has mapped the shared memory.
  private(set) var isAttached = false
  /// Shared memory once it is mapped, kept alive by its inode: calls for its locks, the most
  /// frequent of all, need no reference counting.
  private var shared: Unmanaged<SharedMemory>?

  init(
    number: Int32, disk: SimulatedDisk, inode: SimulatedInode, kind: FileKind, process: Int32,
    isNamed: Bool, syncsDirectory: Bool, deletesName: Int32
  ) {
    self.number = number
    self.disk = disk
    self.inode = inode
    self.kind = kind
    self.process = process
    self.isNamed = isNamed
    self.syncsDirectory = syncsDirectory
    deletesOnClose = deletesName
  }

  // MARK: Content

  func read(_ buffer: UnsafeMutableRawPointer, count: Int, at offset: Int) -> Int32 {
    if kind == .wal { disk.willReadLog() }
    let copied = unsafe inode.read(into: buffer, count: count, at: offset)
    guard copied < count else { return SQLITE_OK }
    unsafe (buffer + copied).initializeMemory(as: UInt8.self, repeating: 0, count: count - copied)
    return assay_IOERR_SHORT_READ
  }

  func write(_ bytes: UnsafeRawPointer, count: Int, at offset: Int) -> Int32 {
    if kind == .wal, offset == 0 { disk.willRestartLog() }
    unsafe disk.write(inode, bytes, count: count, at: offset, isNamed: isNamed)
    return SQLITE_OK
  }

  /// Returns true if the file must grow for a write.
  func grows(writing count: Int, at offset: Int) -> Bool {
    RealBaseFile.room(
      forWriting: count, offset: Int64(offset), length: Int64(inode.count)) < count
  }

  func truncate(to length: Int) -> Int32 {
    disk.truncate(inode, to: length, isNamed: isNamed)
    mapping.cut(to: length)
    return SQLITE_OK
  }

  func sync() -> Int32 {
    guard isNamed else { return SQLITE_OK }
    disk.record(.sync, inode)
    if syncsDirectory {
      syncsDirectory = false
      disk.record(.directorySync, inode)
    }
    return SQLITE_OK
  }

  // MARK: Locks

  func lock(to level: Int32) -> Int32 {
    let before = lockLevel
    let code = inode.locks.lock(self, to: level)
    if level == SQLITE_LOCK_RESERVED, before < level, lockLevel == level {
      disk.beginTransaction(self)
    }
    return code
  }

  func unlock(to level: Int32) -> Int32 {
    if inode.locks.unlock(self, to: level) { disk.endTransaction(self) }
    return SQLITE_OK
  }

  // MARK: Shared memory

  func mapSharedMemory(
    _ region: Int, size: Int, extend: Bool
  ) -> UnsafeMutableRawPointer? {
    let shared =
      inode.sharedMemory ?? SharedMemory(regionSize: size, forgottenSlot: disk.forgottenSlot)
    inode.sharedMemory = shared
    unsafe self.shared = Unmanaged.passUnretained(shared)
    if !isAttached {
      isAttached = true
      if shared.attached == 0 { shared.reset() }
      shared.attach()
    }
    return unsafe shared.region(region, extend: extend)
  }

  /// Returns true if a region of the shared memory already exists and so needs no more space.
  func hasSharedMemory(region: Int) -> Bool {
    // Shared memory that no connection has mapped is reset on the next use.
    guard let memory = inode.sharedMemory, memory.attached > 0 else { return false }
    return memory.regionCount > region
  }

  /// Slot 0 is `WAL_WRITE_LOCK`: its holder is the only writer.
  private static let writeSlot: UInt16 = 1
  /// Slot 1 is `WAL_CKPT_LOCK`: its holder is the only checkpointer.
  private static let checkpointSlot: UInt16 = 2

  func lockSharedMemory(first: Int, count: Int, flags: Int32) -> Int32 {
    guard let shared = unsafe shared else { return assay_IOERR_SHMLOCK }
    let before = exclusiveSlots
    let code = unsafe shared._withUnsafeGuaranteedRef {
      $0.lock(self, first: first, count: count, flags: flags)
    }
    let (taken, given) = (exclusiveSlots & ~before, before & ~exclusiveSlots)
    guard taken | given != 0 else { return code }
    if taken & Self.writeSlot != 0 { disk.beginTransaction(self) }
    if given & Self.writeSlot != 0 { disk.endTransaction(self) }
    if taken & Self.checkpointSlot != 0 { disk.checkpointBegan() }
    if given & Self.checkpointSlot != 0 {
      unsafe disk.checkpointEnded(shared.takeUnretainedValue())
    }
    return code
  }

  func unmapSharedMemory() {
    guard isAttached, let shared = inode.sharedMemory else { return }
    isAttached = false
    if exclusiveSlots & Self.writeSlot != 0 { disk.endTransaction(self) }
    if exclusiveSlots & Self.checkpointSlot != 0 { disk.checkpointLost() }
    shared.releaseAll(self)
    _ = shared.detach()
  }

  // MARK: End

  /// Releases all locks, as the operating system does when a process dies.
  func releaseLocks() {
    unmapSharedMemory()
    if inode.locks.unlock(self, to: SQLITE_LOCK_NONE) { disk.endTransaction(self) }
  }

  func close() {
    releaseLocks()
    if deletesOnClose >= 0 { _ = disk.remove(name: deletesOnClose, syncsDirectory: false) }
  }
}
