import Glibc

/// Reads a file written by `BufferedRecordWriter`, through a buffer of 64 KiB.
///
/// One thread at a time uses a reader.
///
/// Safe because `buffer` lives from `init` to `deinit`, is allocated with the slack of one record,
/// and `taken` never passes `filled`.
@safe public final class BufferedRecordReader {
  /// Path of the file.
  public let path: String
  /// Number of words in a record.
  public let wordsPerRecord: Int
  /// Number of records in the file.
  public let count: UInt64
  /// Number of records returned by `next`.
  public private(set) var position: UInt64 = 0
  /// Tag by which the writer's caller distinguishes kinds of files.
  let tag: UInt64

  /// Replaces the buffer if the file has been packed.
  private let packed: PackedReader?
  private let file: FileDescriptor
  private let buffer: UnsafeMutablePointer<UInt64>
  /// Words in the buffer; `taken` counts those already consumed.
  private var filled = 0
  private var taken = 0

  /// Opens a file, packed or not.
  ///
  /// - Parameter tag: as given to the writer.
  /// - Throws: `notFound`, or `badFormat` if the file is of another kind, was not closed by its
  ///   writer, or differs in length from its header.
  public convenience init(path: String, tag: UInt64 = 0) throws(PlatformError) {
    try self.init(path: path, anyTag: ())
    guard self.tag == tag else {
      throw PlatformError(
        code: .badFormat, operation: "read records", path: path,
        detail: "tag \(self.tag), expected \(tag)")
    }
  }

  /// Opens a file regardless of its tag.
  init(path: String, anyTag: Void) throws(PlatformError) {
    self.path = path
    packed = PackedReader.isPacked(path) ? try PackedReader(path: path) : nil
    file = try FileDescriptor(opening: path, O_RDONLY)
    var header = [UInt64](repeating: 0, count: RecordFormat.headerWords)
    if let packed {
      wordsPerRecord = packed.wordsPerRecord
      count = packed.count
      tag = packed.tag
      unsafe buffer = Self.makeBuffer()
      return
    }
    let bytes = try file.read(into: &header, at: 0, path: path)
    let size = Int(try file.status(path: path).st_size)
    if let problem = Self.problem(header, headerBytes: bytes, size: size) {
      throw PlatformError(
        code: .badFormat, operation: "read records", path: path, detail: problem)
    }
    wordsPerRecord = Int(header[1])
    count = header[2]
    tag = header[3]
    unsafe buffer = Self.makeBuffer()
  }

  private static func makeBuffer() -> UnsafeMutablePointer<UInt64> {
    let count = RecordFormat.bufferWords + RecordFormat.slackWords
    let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
    unsafe buffer.initialize(repeating: 0, count: count)
    return unsafe buffer
  }

  deinit { unsafe buffer.deallocate() }

  /// Returns the next record, its unused words 0, or `nil` at the end.
  public func next() throws(PlatformError) -> RecordWords? {
    if let packed {
      defer { position = packed.position }
      return try packed.next()
    }
    if taken == filled {
      guard position < count else { return nil }
      try fill()
    }
    let words = unsafe buffer + taken
    taken += wordsPerRecord
    position += 1
    let size = wordsPerRecord
    return unsafe RecordWords(
      words[0], size > 1 ? words[1] : 0, size > 2 ? words[2] : 0, size > 3 ? words[3] : 0,
      size > 4 ? words[4] : 0, size > 5 ? words[5] : 0, size > 6 ? words[6] : 0,
      size > 7 ? words[7] : 0)
  }

  private func fill() throws(PlatformError) {
    let records = min(RecordFormat.bufferWords / wordsPerRecord, Int(count - position))
    let wanted = records * wordsPerRecord * 8
    let target = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: wanted)
    let offset = RecordFormat.headerBytes + Int(position) * wordsPerRecord * 8
    let bytes = try unsafe file.read(into: target, at: offset, path: path)
    guard bytes == wanted else {
      throw PlatformError(
        code: .badFormat, operation: "read records", path: path,
        detail: "the file was cut while it was read, near record \(position)")
    }
    filled = records * wordsPerRecord
    taken = 0
  }

  private static func problem(
    _ header: [UInt64], headerBytes: Int, size: Int
  ) -> String? {
    guard headerBytes == RecordFormat.headerBytes else { return "shorter than its header" }
    guard header[0] == RecordFormat.magic else {
      return "not a record file of version 1 (first word \(String(header[0], radix: 16)))"
    }
    guard (1...8).contains(header[1]) else { return "records of \(header[1]) words" }
    guard header[2] != RecordFormat.unfinished else { return "its writer has not closed it" }
    let (body, overflow) = header[2].multipliedReportingOverflow(by: header[1] * 8)
    let found = UInt64(size - RecordFormat.headerBytes)
    guard !overflow, body == found else {
      return "\(header[2]) records of \(header[1]) words do not make \(found) bytes"
    }
    return nil
  }
}
