import Glibc

/// The format of a record file, in the byte order of the machine: a header of eight words, then
/// records of the same number of words.
///
/// | word | content |
/// |---|---|
/// | 0 | magic and version |
/// | 1 | words in a record, 1...8 |
/// | 2 | number of records; all ones until the writer has closed the file |
/// | 3 | tag by which the caller distinguishes kinds of files |
/// | 4 to 7 | 0 |
enum RecordFormat {
  /// "RASSAY" above version 1.
  static let magic: UInt64 = 0x5241_5353_4159_0001
  static let headerBytes = 64
  static let headerWords = 8
  static let unfinished = UInt64.max
  /// Words in a buffer; the slack adds the largest record, so that a record is always moved whole.
  static let bufferWords = 8_192
  static let slackWords = 8
}

/// Writes a file of records of one to eight words, in order, through a buffer of 64 KiB.
///
/// The reader refuses a file that was not closed. One thread at a time uses a writer.
///
/// Safe because `buffer` lives from `init` to `deinit` and is flushed before `used` passes
/// `bufferWords`.
@safe public final class BufferedRecordWriter {
  /// Path of the file.
  public let path: String
  /// Number of words in a record.
  public let wordsPerRecord: Int
  /// Number of records appended so far.
  public private(set) var count: UInt64 = 0

  private let file: FileDescriptor
  private let tag: UInt64
  private let buffer: UnsafeMutablePointer<UInt64>
  private var used = 0
  /// Offset in the file at which the buffer is written.
  private var offset = RecordFormat.headerBytes
  private var failure: PlatformError?
  private var isClosed = false

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - path: must not exist yet.
  ///   - wordsPerRecord: 1...8.
  ///   - tag: the value that the reader must pass.
  public init(path: String, wordsPerRecord: Int, tag: UInt64 = 0) throws(PlatformError) {
    precondition((1...8).contains(wordsPerRecord), "\(wordsPerRecord) words in a record")
    self.path = path
    self.wordsPerRecord = wordsPerRecord
    self.tag = tag
    file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
    unsafe buffer = .allocate(capacity: RecordFormat.bufferWords + RecordFormat.slackWords)
    try writeHeader(count: RecordFormat.unfinished)
  }

  deinit { unsafe buffer.deallocate() }

  /// Appends the first `wordsPerRecord` words of a record.
  ///
  /// - Throws: `noSpace` or another system error; every later call throws the same.
  public func append(_ record: RecordWords) throws(PlatformError) {
    if used + wordsPerRecord > RecordFormat.bufferWords || failure != nil || isClosed {
      try makeRoom()
    }
    // All eight words fit into the slack; those after the record are overwritten by the next one.
    let target = unsafe buffer + used
    unsafe target[0] = record.w0
    unsafe target[1] = record.w1
    unsafe target[2] = record.w2
    unsafe target[3] = record.w3
    unsafe target[4] = record.w4
    unsafe target[5] = record.w5
    unsafe target[6] = record.w6
    unsafe target[7] = record.w7
    used += wordsPerRecord
    count += 1
  }

  /// Writes the remaining buffer and marks the file as complete.
  public func close() throws(PlatformError) {
    if isClosed { return }
    try makeRoom()
    try writeHeader(count: count)
    isClosed = true
  }

  private func makeRoom() throws(PlatformError) {
    precondition(!isClosed, "\(path) is closed")
    if let failure { throw failure }
    do throws(PlatformError) {
      let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: used * 8)
      try unsafe file.write(bytes, at: offset, path: path)
      offset += used * 8
      used = 0
    } catch {
      failure = error
      throw error
    }
  }

  private func writeHeader(count: UInt64) throws(PlatformError) {
    let header: [UInt64] = [
      RecordFormat.magic, UInt64(wordsPerRecord), count, tag, 0, 0, 0, 0,
    ]
    let bytes = unsafe header.span.bytes
    try unsafe bytes.withUnsafeBytes { (bytes) throws(PlatformError) in
      try unsafe file.write(bytes, at: 0, path: path)
    }
  }
}
