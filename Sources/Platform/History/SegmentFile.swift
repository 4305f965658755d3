import Glibc

/// A segment of a history, open for reading by `pread`.
final class SegmentFile {
  let path: String
  let index: Int
  let base: UInt64
  let metadata: HistoryMetadata
  private let descriptor: FileDescriptor

  /// Content of the header when it was last read.
  private(set) var count = 0
  private(set) var isSealed = false

  /// Opens a segment.
  ///
  /// - Returns: `nil` if its writer has not finished the header, and may never do so.
  /// - Throws: `notFound`, or `badFormat` if the file is not such a segment.
  static func open(
    _ history: String, segment index: Int, base: UInt64
  ) throws(PlatformError) -> SegmentFile? {
    let path = HistoryFormat.path(history, segment: index)
    let descriptor = try FileDescriptor(opening: path, O_RDONLY)
    var words = [UInt64](repeating: 0, count: HistoryFormat.slotWords)
    let bytes = try descriptor.read(into: &words, at: 0, path: path)
    if bytes < HistoryFormat.slotBytes || words[0] == 0 { return nil }
    try check(words, index, base, path)
    return SegmentFile(path, descriptor, words)
  }

  private init(_ path: String, _ descriptor: consuming FileDescriptor, _ header: [UInt64]) {
    self.path = path
    self.descriptor = descriptor
    index = Int(header[HistoryFormat.indexWord])
    base = header[HistoryFormat.baseWord]
    let first = HistoryFormat.metadataWord
    metadata = HistoryMetadata(header[first], header[first + 1], header[first + 2])
  }

  /// Rereads the count of published slots and the state.
  func refresh() throws(PlatformError) {
    var words = [UInt64](repeating: 0, count: 2)
    // State first: a sealed segment has its final count.
    _ = try descriptor.read(into: &words, at: HistoryFormat.countWord * 8, path: path)
    let state = words[1]
    if state != HistoryFormat.State.open.rawValue {
      _ = try descriptor.read(into: &words, at: HistoryFormat.countWord * 8, path: path)
    }
    guard words[0] < 1 << 40, HistoryFormat.State(rawValue: state) != nil else {
      throw PlatformError(
        code: .badFormat, operation: "read history", path: path,
        detail: "the header holds count \(words[0]) and state \(state)")
    }
    count = Int(words[0])
    isSealed = state == HistoryFormat.State.sealed.rawValue
  }

  /// Reads whole slots into a buffer of words; all of them are published, so they must be present.
  func read(
    slots: Range<Int>, into buffer: UnsafeMutablePointer<UInt64>
  ) throws(PlatformError) {
    let wanted = slots.count * HistoryFormat.slotBytes
    let target = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: wanted)
    let bytes = try unsafe descriptor.read(
      into: target, at: (slots.lowerBound + 1) * HistoryFormat.slotBytes, path: path)
    guard bytes == wanted else {
      throw PlatformError(
        code: .badFormat, operation: "read history", path: path,
        detail: "\(count) slots are published, but the file ends before slot \(slots.upperBound)")
    }
  }

  private static func check(
    _ header: [UInt64], _ index: Int, _ base: UInt64, _ path: String
  ) throws(PlatformError) {
    let magic = header[0]
    let problem: String
    if magic & HistoryFormat.magicMask != HistoryFormat.magic & HistoryFormat.magicMask {
      problem = "not a history segment (first word \(String(magic, radix: 16)))"
    } else if magic != HistoryFormat.magic {
      let version = magic & ~HistoryFormat.magicMask
      problem = "format version \(version), this program reads version 1"
    } else if header[HistoryFormat.indexWord] != UInt64(index) {
      problem = "says it is segment \(header[HistoryFormat.indexWord]), not \(index)"
    } else if header[HistoryFormat.baseWord] != base {
      problem = "begins at slot \(header[HistoryFormat.baseWord]), expected \(base)"
    } else {
      return
    }
    throw PlatformError(code: .badFormat, operation: "read history", path: path, detail: problem)
  }
}
