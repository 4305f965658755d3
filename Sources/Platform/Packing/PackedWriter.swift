import Glibc

/// Writes a packed file; the reader refuses a file that was not closed, because it has no header.
///
/// One thread at a time uses a writer.
///
/// Safe because `buffer` holds `bufferBytes` bytes from `init` to `deinit`, and is flushed before
/// a record could pass its end.
@safe final class PackedWriter {
  private let path: String
  private let file: FileDescriptor
  private let wordsPerRecord: Int
  private let prediction: PackedFormat.Prediction
  private var previous = RecordWords(0)
  private let buffer: UnsafeMutablePointer<UInt8>
  private var used = 0
  private var offset = PackedFormat.headerBytes
  private var count: UInt64 = 0
  private var checksum = PackedFormat.checksumStart

  private static let bufferBytes = 1 << 16

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - path: must not exist yet.
  ///   - wordsPerRecord: 1...8; further words of a record are not written.
  init(
    path: String, wordsPerRecord: Int, prediction: PackedFormat.Prediction
  ) throws(PlatformError) {
    precondition((1...8).contains(wordsPerRecord), "\(wordsPerRecord) words in a record")
    self.path = path
    self.wordsPerRecord = wordsPerRecord
    self.prediction = prediction
    file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
    unsafe buffer = .allocate(capacity: Self.bufferBytes)
  }

  deinit { unsafe buffer.deallocate() }

  /// Appends a record.
  func append(_ record: RecordWords) throws(PlatformError) {
    if used + PackedFormat.mostRecordBytes > Self.bufferBytes { try flush() }
    let maskPlace = used
    used += 1
    var mask: UInt8 = 0
    for word in 0..<wordsPerRecord {
      let difference =
        record[word] &- record.prediction(of: word, after: previous, prediction)
      guard difference != 0 else { continue }
      mask |= 1 << UInt8(word)
      put(Self.zigzag(difference))
    }
    unsafe buffer[maskPlace] = mask
    previous = record
    count += 1
  }

  /// Writes the remaining buffer and the header.
  func close(metadata: HistoryMetadata, tag: UInt64) throws(PlatformError) {
    try flush()
    let header: [UInt64] = [
      PackedFormat.magic, UInt64(wordsPerRecord) | prediction.rawValue << 8, count, checksum,
      metadata.first, metadata.second, metadata.third, tag,
    ]
    let bytes = unsafe header.span.bytes
    try unsafe bytes.withUnsafeBytes { (bytes) throws(PlatformError) in
      try unsafe file.write(bytes, at: 0, path: path)
    }
  }

  private static func zigzag(_ difference: UInt64) -> UInt64 {
    let signed = Int64(bitPattern: difference)
    return difference &<< 1 ^ UInt64(bitPattern: signed &>> 63)
  }

  @inline(__always)
  private func put(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      unsafe buffer[used] = UInt8(truncatingIfNeeded: rest) | 0x80
      used += 1
      rest >>= 7
    }
    unsafe buffer[used] = UInt8(rest)
    used += 1
  }

  private func flush() throws(PlatformError) {
    let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: used)
    checksum = unsafe PackedFormat.checksum(bytes, from: checksum)
    try unsafe file.write(bytes, at: offset, path: path)
    offset += used
    used = 0
  }
}
