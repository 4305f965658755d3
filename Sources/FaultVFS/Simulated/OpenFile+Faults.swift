import AssayModel
import CSQLite

extension OpenFile {
  /// Reads like a faulty device.
  func read(
    _ buffer: UnsafeMutableRawPointer, count: Int, at offset: Int, under effect: CallFault.Effect
  ) -> Int32 {
    switch effect {
    case .shortRead:
      // Fewer bytes than the file has: SQLite takes the rest for zeros.
      let code = unsafe read(buffer, count: count / 2, at: offset)
      unsafe (buffer + count / 2).initializeMemory(
        as: UInt8.self, repeating: 0, count: count - count / 2)
      return code == SQLITE_OK ? assay_IOERR_SHORT_READ : code
    case .bitFlip:
      let code = unsafe read(buffer, count: count, at: offset)
      guard count > 0 else { return code }
      let place = count / 2
      let byte = unsafe buffer.load(fromByteOffset: place, as: UInt8.self)
      unsafe buffer.storeBytes(of: byte ^ 0x10, toByteOffset: place, as: UInt8.self)
      return code
    default: return assay_IOERR_READ
    }
  }

  /// Writes like a faulty device.
  func write(
    _ bytes: UnsafeRawPointer, count: Int, at offset: Int, under effect: CallFault.Effect
  ) -> Int32 {
    if effect == .shortWrite, count > 1 { _ = unsafe write(bytes, count: count / 2, at: offset) }
    guard effect == .bitFlip, count > 0 else { return assay_IOERR_WRITE }
    let damaged = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    defer { unsafe damaged.deallocate() }
    unsafe damaged.copyMemory(from: bytes, byteCount: count)
    let byte = unsafe damaged.load(fromByteOffset: count / 2, as: UInt8.self)
    unsafe damaged.storeBytes(of: byte ^ 0x10, toByteOffset: count / 2, as: UInt8.self)
    return unsafe write(damaged, count: count, at: offset)
  }

  /// Records a lock as held although it was never granted.
  func pretendLock(_ level: Int32) {
    if level > lockLevel { lockLevel = level }
  }

  /// Drops the data written since the last sync, as file systems do after a failed fsync: the pages
  /// are marked clean, and the next sync finds nothing to do.
  func dropUnsynced() {
    guard isNamed else { return }
    disk.dropUnsynced(inode)
  }
}

extension SimulatedDisk {
  /// Removes a handle of a dead process; its locks vanished with the process.
  func forget(_ file: OpenFile) {
    removeOpenFile(file)
  }

  /// Restores a file to its state at its last sync in the log; needs the log.
  func dropUnsynced(_ inode: SimulatedInode) {
    guard isLogging else { return }
    let operations = log.operations
    let last = operations.lastIndex { $0.kind == .sync && $0.inode == inode.number } ?? -1
    let lost = operations.indices[(last + 1)...].filter {
      operations[$0].inode == inode.number
        && (operations[$0].kind == .write || operations[$0].kind == .truncate)
    }
    guard !lost.isEmpty else { return }
    dropped.formUnion(lost)
    rebuild(inode, upTo: last)
  }

  /// Replays a file's operations up to a position, on top of its content at the start of logging.
  private func rebuild(_ inode: SimulatedInode, upTo last: Int) {
    let base = baseContent(of: inode)
    inode.truncate(to: 0)
    if !base.isEmpty {
      unsafe base.withUnsafeBytes { bytes in
        guard let address = bytes.baseAddress else { return }
        unsafe inode.write(address, count: bytes.count, at: 0)
      }
    }
    for position in 0..<(last + 1) where !dropped.contains(position) {
      let operation = log.operations[position]
      guard operation.inode == inode.number else { continue }
      switch operation.kind {
      case .write:
        unsafe inode.write(
          log.bytes(of: operation), count: Int(operation.count), at: Int(operation.offset))
      case .truncate: inode.truncate(to: Int(operation.offset))
      default: continue
      }
    }
  }
}

extension DiskSettings {
  /// Answer to `xDeviceCharacteristics`.
  var deviceCharacteristics: Int32 {
    var bits: Int32 = powersafeOverwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0
    for claim in claims {
      let bit =
        switch claim {
        case .atomic: SQLITE_IOCAP_ATOMIC
        case .atomic512: SQLITE_IOCAP_ATOMIC512
        case .atomic1K: SQLITE_IOCAP_ATOMIC1K
        case .atomic2K: SQLITE_IOCAP_ATOMIC2K
        case .atomic4K: SQLITE_IOCAP_ATOMIC4K
        case .atomic8K: SQLITE_IOCAP_ATOMIC8K
        case .atomic16K: SQLITE_IOCAP_ATOMIC16K
        case .atomic32K: SQLITE_IOCAP_ATOMIC32K
        case .atomic64K: SQLITE_IOCAP_ATOMIC64K
        case .safeAppend: SQLITE_IOCAP_SAFE_APPEND
        case .sequential: SQLITE_IOCAP_SEQUENTIAL
        }
      bits |= bit
    }
    return bits
  }
}
