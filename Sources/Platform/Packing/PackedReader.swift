import Glibc

/// Reads a packed file through a buffer of 64 KiB.
///
/// One thread at a time uses a reader.
///
/// Safe because `buffer` holds `bufferBytes` bytes from `init` to `deinit`, `taken` never passes
/// `filled`, and `filled` never passes `bufferBytes`.
@safe final class PackedReader {
  /// Path of the file.
  let path: String
  let wordsPerRecord: Int
  /// Number of records in the file.
  let count: UInt64
  let metadata: HistoryMetadata
  let tag: UInt64
  /// Number of records returned by `next`.
  private(set) var position: UInt64 = 0

  private let file: FileDescriptor
  private let prediction: PackedFormat.Prediction
  private let expectedChecksum: UInt64
  private var checksum = PackedFormat.checksumStart
  private var previous = RecordWords(0)
  private let buffer: UnsafeMutablePointer<UInt8>
  private var filled = 0
  private var taken = 0
  private var offset = PackedFormat.headerBytes

  private static let bufferBytes = 1 << 16

  /// Opens a file.
  ///
  /// - Throws: `notFound`, or `badFormat` if the file is of another kind or was never closed.
  init(path: String) throws(PlatformError) {
    self.path = path
    file = try FileDescriptor(opening: path, O_RDONLY)
    var header = [UInt64](repeating: 0, count: PackedFormat.headerWords)
    let bytes = try file.read(into: &header, at: 0, path: path)
    guard bytes == PackedFormat.headerBytes, header[0] == PackedFormat.magic,
      (1...8).contains(header[1] & 0xff),
      let prediction = PackedFormat.Prediction(rawValue: header[1] >> 8)
    else {
      throw PlatformError(
        code: .badFormat, operation: "read packed", path: path,
        detail: "not a packed file of version 1 (first word \(String(header[0], radix: 16)))")
    }
    wordsPerRecord = Int(header[1] & 0xff)
    self.prediction = prediction
    count = header[2]
    expectedChecksum = header[3]
    metadata = HistoryMetadata(header[4], header[5], header[6])
    tag = header[7]
    unsafe buffer = .allocate(capacity: Self.bufferBytes)
  }

  deinit { unsafe buffer.deallocate() }

  /// Returns true if the file at `path` begins like a packed file.
  static func isPacked(_ path: String) -> Bool {
    guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return false }
    var word: [UInt64] = [0]
    guard let bytes = try? file.read(into: &word, at: 0, path: path) else { return false }
    return bytes == 8 && word[0] == PackedFormat.magic
  }

  /// Returns the next record, its unused words 0, or `nil` at the end.
  ///
  /// - Throws: `badFormat` if records are missing, bytes are left over or the checksum differs.
  func next() throws(PlatformError) -> RecordWords? {
    guard position < count else {
      try checkEnd()
      return nil
    }
    if filled - taken < PackedFormat.mostRecordBytes { try fill() }
    let mask = try byte()
    var record = RecordWords(0)
    for word in 0..<wordsPerRecord {
      var value = record.prediction(of: word, after: previous, prediction)
      if mask & 1 << UInt8(word) != 0 { value &+= try difference() }
      record[word] = value
    }
    previous = record
    position += 1
    return record
  }

  private func difference() throws(PlatformError) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      number |= UInt64(byte & 0x7f) &<< shift
      shift += 7
      if byte < 0x80 { break }
      guard shift < 70 else { throw damaged("a number of more than 64 bits") }
    }
    return number &>> 1 ^ (0 &- (number & 1))
  }

  @inline(__always)
  private func byte() throws(PlatformError) -> UInt8 {
    guard taken < filled else {
      throw damaged("it ends within record \(position) of \(count)")
    }
    defer { taken += 1 }
    return unsafe buffer[taken]
  }

  /// Moves the rest to the front and fills the buffer after it.
  private func fill() throws(PlatformError) {
    let rest = filled - taken
    unsafe buffer.update(from: buffer + taken, count: rest)
    let free = unsafe UnsafeMutableRawBufferPointer(
      start: buffer + rest, count: Self.bufferBytes - rest)
    let bytes = try unsafe file.read(into: free, at: offset, path: path)
    checksum = unsafe PackedFormat.checksum(
      UnsafeRawBufferPointer(rebasing: free[..<bytes]), from: checksum)
    offset += bytes
    taken = 0
    filled = rest + bytes
  }

  private func checkEnd() throws(PlatformError) {
    if filled == taken { try fill() }
    guard filled == taken else { throw damaged("bytes follow its last record") }
    guard checksum == expectedChecksum else { throw damaged("its checksum differs") }
  }

  private func damaged(_ detail: String) -> PlatformError {
    PlatformError(code: .badFormat, operation: "read packed", path: path, detail: detail)
  }
}
