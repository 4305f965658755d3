import CSQLite

/// A file of the layer underneath.
///
/// Safe because it is created for one call by the holder of the open file, and never kept.
@safe
struct RealBaseFile {
  private let file: UnsafeMutablePointer<sqlite3_file>

  init(_ file: UnsafeMutablePointer<sqlite3_file>) {
    unsafe self.file = file
  }

  private var methods: sqlite3_io_methods { unsafe file.pointee.pMethods.pointee }

  /// Length in bytes; 0 if it cannot be determined.
  var size: Int64 {
    var size: sqlite3_int64 = 0
    return unsafe methods.xFileSize(file, &size) == SQLITE_OK ? size : 0
  }

  /// Block size of file systems: a file has room up to the end of its last block.
  static let blockSize: Int64 = 4_096

  /// Returns the number of bytes of a write that do not require the file to grow.
  func room(forWriting count: Int, offset: Int64) -> Int {
    Self.room(forWriting: count, offset: offset, length: size)
  }

  static func room(forWriting count: Int, offset: Int64, length: Int64) -> Int {
    let end = (length + blockSize - 1) / blockSize * blockSize
    return Int(clamping: min(Int64(count), max(0, end - offset)))
  }

  /// Reads up to `count` bytes; fewer at the end of the file or after a read error.
  func read(_ count: Int, offset: Int64) -> [UInt8] {
    let count = min(count, Int(clamping: size - offset))
    guard count > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let code = unsafe methods.xRead(file, buffer.baseAddress, Int32(count), offset)
      filled = code == SQLITE_OK ? count : 0
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, offset: Int64) -> Int32 {
    guard unsafe !bytes.isEmpty else { return SQLITE_OK }
    return unsafe methods.xWrite(file, bytes.baseAddress, Int32(bytes.count), offset)
  }

  func truncate(to size: Int64) -> Int32 { unsafe methods.xTruncate(file, size) }
}
