import AssayModel
import CSQLite

// Callbacks are static functions of a file without isolation: a closure of an isolated context
// would check its executor on every call, and trap on another thread.

/// The methods of an open file that move bytes.
enum RealFileMethods {
  typealias File = UnsafeMutablePointer<sqlite3_file>

  static func close(_ file: File?) -> Int32 {
    let own = unsafe RealFile.of(file)
    let code: Int32
    if unsafe own.pointee.mask & VFSMethod.close.bit != 0 {
      code = unsafe faulted(own, .close, special: { _ in SQLITE_OK }) {
        unsafe own.pointee.real.pointee.pMethods.pointee.xClose(own.pointee.real)
      }
    } else {
      code = unsafe counted(own, .close) {
        unsafe own.pointee.real.pointee.pMethods.pointee.xClose(own.pointee.real)
      }
    }
    unsafe own.pointee.system._withUnsafeGuaranteedRef { $0.registry }.leave(own.pointee.number)
    unsafe own.pointee.undo?.release()
    return code
  }

  // MARK: Reading

  static func read(
    _ file: File?, _ buffer: UnsafeMutableRawPointer?, _ amount: Int32, _ offset: sqlite3_int64
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.read.bit == 0 else {
      return unsafe faultedRead(own, buffer, amount, offset)
    }
    return unsafe counted(own, .read, bytes: Int(amount)) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xRead(
        own.pointee.real, buffer, amount, offset)
    }
  }

  private static func faultedRead(
    _ own: RealFileHandle, _ buffer: UnsafeMutableRawPointer?, _ amount: Int32, _ offset: Int64
  ) -> Int32 {
    func readAll() -> Int32 {
      unsafe own.pointee.real.pointee.pMethods.pointee.xRead(
        own.pointee.real, buffer, amount, offset)
    }
    return unsafe faulted(own, .read, bytes: Int(amount), offset: offset) { decision in
      let code = readAll()
      guard code == SQLITE_OK, let buffer = unsafe buffer else { return code }
      switch decision {
      case .shortRead:
        // SQLite relies on zeros after the bytes of a short read.
        let half = Int(amount) / 2
        unsafe (buffer + half).initializeMemory(
          as: UInt8.self, repeating: 0, count: Int(amount) - half)
        return RealErrorCodes.shortRead
      case .flip(let bit):
        let place = unsafe buffer.assumingMemoryBound(to: UInt8.self) + bit / 8
        unsafe place.pointee ^= 1 << UInt8(bit % 8)
        return code
      default: return code
      }
    } _: {
      readAll()
    }
  }

  // MARK: Writing

  static func write(
    _ file: File?, _ buffer: UnsafeRawPointer?, _ amount: Int32, _ offset: sqlite3_int64
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.write.bit == 0 else {
      return unsafe faultedWrite(
        own, UnsafeRawBufferPointer(start: buffer, count: Int(amount)), offset)
    }
    return unsafe counted(own, .write, bytes: Int(amount)) {
      let code = unsafe own.pointee.real.pointee.pMethods.pointee.xWrite(
        own.pointee.real, buffer, amount, offset)
      if code == SQLITE_OK { unsafe own.pointee.counters.reach(offset + Int64(amount)) }
      return code
    }
  }

  private static func faultedWrite(
    _ own: RealFileHandle, _ bytes: UnsafeRawBufferPointer, _ offset: Int64
  ) -> Int32 {
    let code = unsafe faulted(own, .write, bytes: bytes.count, offset: offset) { decision in
      switch decision {
      case .full(let room):
        _ = unsafe put(own, UnsafeRawBufferPointer(rebasing: bytes.prefix(room)), offset)
        return SQLITE_FULL
      case .flip(let bit):
        var copy = unsafe [UInt8](bytes)
        copy[bit / 8] ^= 1 << UInt8(bit % 8)
        return unsafe copy.withUnsafeBytes { unsafe put(own, $0, offset) }
      case .kill:
        let half = bytes.count / 2
        _ = unsafe put(own, UnsafeRawBufferPointer(rebasing: bytes.prefix(half)), offset)
        dieNow()
      default: return unsafe put(own, bytes, offset)
      }
    } _: {
      unsafe put(own, bytes, offset)
    } room: {
      unsafe RealBaseFile(own.pointee.real).room(forWriting: bytes.count, offset: offset)
    }
    if code == SQLITE_OK {
      unsafe witnessed(own) { unsafe $0.wrote($1, bytes, offset: offset) }
    }
    return code
  }

  /// Writes to the layer underneath, and saves the old bytes if they may have to be restored.
  private static func put(
    _ own: RealFileHandle, _ bytes: UnsafeRawBufferPointer, _ offset: Int64
  ) -> Int32 {
    let base = unsafe RealBaseFile(own.pointee.real)
    let code: Int32
    if let undo = unsafe own.pointee.undo {
      code = unsafe undo._withUnsafeGuaranteedRef {
        unsafe $0.write(base, bytes, offset: offset)
      }
    } else {
      code = unsafe base.write(bytes, offset: offset)
    }
    if code == SQLITE_OK { unsafe own.pointee.counters.reach(offset + Int64(bytes.count)) }
    return code
  }

  static func truncate(_ file: File?, _ size: sqlite3_int64) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.truncate.bit == 0 else {
      let code = unsafe faulted(own, .truncate, offset: size, special: { _ in SQLITE_OK }) {
        let base = unsafe RealBaseFile(own.pointee.real)
        guard let undo = unsafe own.pointee.undo else { return base.truncate(to: size) }
        return unsafe undo._withUnsafeGuaranteedRef { $0.truncate(base, to: size) }
      }
      if code == SQLITE_OK { unsafe witnessed(own) { $0.truncated($1, to: size) } }
      return code
    }
    return unsafe counted(own, .truncate) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xTruncate(own.pointee.real, size)
    }
  }

  static func sync(_ file: File?, _ flags: Int32) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.sync.bit == 0 else {
      return unsafe faultedSync(own, flags)
    }
    return unsafe counted(own, .sync) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xSync(own.pointee.real, flags)
    }
  }

  private static func faultedSync(_ own: RealFileHandle, _ flags: Int32) -> Int32 {
    unsafe faulted(own, .sync) { decision in
      guard case .failAndDrop(let code) = decision else { return SQLITE_OK }
      unsafe own.pointee.undo?._withUnsafeGuaranteedRef {
        unsafe $0.drop(RealBaseFile(own.pointee.real))
      }
      return code
    } _: {
      var place = 0
      unsafe witnessed(own) { witness, _ in place = witness.steps.count }
      let code = unsafe own.pointee.real.pointee.pMethods.pointee.xSync(own.pointee.real, flags)
      if code == SQLITE_OK {
        unsafe own.pointee.undo?._withUnsafeGuaranteedRef { $0.clear() }
        unsafe witnessed(own) { unsafe $0.synced($1, RealBaseFile(own.pointee.real), at: place) }
      }
      return code
    }
  }

  static func fileSize(_ file: File?, _ size: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
    let own = unsafe RealFile.of(file)
    guard unsafe own.pointee.mask & VFSMethod.fileSize.bit == 0 else {
      return unsafe faulted(own, .fileSize, special: { _ in SQLITE_OK }) {
        unsafe own.pointee.real.pointee.pMethods.pointee.xFileSize(own.pointee.real, size)
      }
    }
    return unsafe counted(own, .fileSize) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xFileSize(own.pointee.real, size)
    }
  }

  // MARK: Memory maps

  static func fetch(
    _ file: File?, _ offset: sqlite3_int64, _ amount: Int32,
    _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe plain(own, .fetch) {
      // If reads may be faulty, SQLite must call `xRead`: accesses through a map bypass this layer.
      if unsafe own.pointee.mask & VFSMethod.read.bit != 0 {
        unsafe place?.pointee = nil
        return SQLITE_OK
      }
      return unsafe own.pointee.real.pointee.pMethods.pointee.xFetch(
        own.pointee.real, offset, amount, place)
    }
  }

  static func unfetch(
    _ file: File?, _ offset: sqlite3_int64, _ place: UnsafeMutableRawPointer?
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe plain(own, .unfetch) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xUnfetch(own.pointee.real, offset, place)
    }
  }

  // MARK: The rest

  static func fileControl(
    _ file: File?, _ operation: Int32, _ argument: UnsafeMutableRawPointer?
  ) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe plain(own, .fileControl) {
      unsafe own.pointee.real.pointee.pMethods.pointee.xFileControl(
        own.pointee.real, operation, argument)
    }
  }

  static func sectorSize(_ file: File?) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe own.pointee.real.pointee.pMethods.pointee.xSectorSize(own.pointee.real)
  }

  static func deviceCharacteristics(_ file: File?) -> Int32 {
    let own = unsafe RealFile.of(file)
    return unsafe own.pointee.real.pointee.pMethods.pointee.xDeviceCharacteristics(
      own.pointee.real)
  }

  /// Makes a call of a method that has no errors: only latencies and deaths may affect it.
  @inline(__always)
  static func plain(_ own: RealFileHandle, _ method: VFSMethod, _ body: () -> Int32) -> Int32 {
    guard unsafe own.pointee.mask & method.bit == 0 else {
      return unsafe faulted(own, method, special: { _ in SQLITE_OK }, body)
    }
    return unsafe counted(own, method, body)
  }
}
