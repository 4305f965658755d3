/// Reads a history from its segment files, while its writer is alive or after its death.
///
/// A history that has since been packed (`Packing`) reads the same.
///
/// Reads through a small buffer and never maps a file, so that a history of any length costs the
/// reader 64 KiB. One thread at a time uses a reader.
///
/// Safe because `buffer` holds `bufferSlots` slots from `init` to `deinit`, and both `filled` and
/// every read into it are bounded by that.
@safe public final class HistoryReader {
  /// The path of the segment files without their numbers.
  public let path: String
  /// Metadata of the writer; `nil` until it has finished its first header.
  public private(set) var metadata: HistoryMetadata?
  /// Number of slots returned by `next` so far.
  public var position: UInt64 {
    if let packed { return packed.position }
    return (segment?.base ?? 0) + UInt64(read - (filled - taken))
  }

  private static let bufferSlots = 1_024
  private let buffer: UnsafeMutablePointer<UInt64>
  /// Slots in the buffer; `taken` counts those already consumed.
  private var filled = 0
  private var taken = 0
  /// The segment that `next` reads; `read` counts its slots already buffered.
  private var segment: SegmentFile?
  private var read = 0
  /// The last segment found by `latest`.
  private var tail: SegmentFile?
  /// Replaces the segments if the history has been packed.
  private let packed: PackedReader?

  /// Opens a history.
  ///
  /// A first segment without a finished header, from a writer that is starting or died during its
  /// start, reads as empty.
  ///
  /// - Parameter path: as given to `HistoryWriter`.
  /// - Throws: `notFound`, or `badFormat` if the first segment is another kind of file.
  public init(path: String) throws(PlatformError) {
    self.path = path
    unsafe buffer = .allocate(capacity: Self.bufferSlots * HistoryFormat.slotWords)
    packed =
      ByteFile.exists(path + Packing.ending) ? try PackedReader(path: path + Packing.ending) : nil
    if let packed {
      metadata = packed.metadata
      return
    }
    segment = try SegmentFile.open(path, segment: 0, base: 0)
    metadata = segment?.metadata
    tail = segment
  }

  /// Returns true if there is a history at `path`, packed or not.
  public static func exists(path: String) -> Bool {
    ByteFile.exists(path + Packing.ending)
      || ByteFile.exists(HistoryFormat.path(path, segment: 0))
  }

  deinit { unsafe buffer.deallocate() }

  /// Returns the next slot, or `nil` if no more are published at present.
  ///
  /// Completions made after a slot was read are not seen; all completions of a writer that has
  /// ended are present.
  ///
  /// - Throws: `badFormat` if published slots are missing or an empty one is followed by others.
  public func next() throws(PlatformError) -> RecordWords? {
    if let packed { return try packed.next() }
    if taken == filled {
      guard try fill() else { return nil }
    }
    let words = unsafe Self.words(buffer + taken * HistoryFormat.slotWords)
    guard words.w0 != 0 else {
      try checkTornEnd()
      return nil
    }
    taken += 1
    return words
  }

  /// Returns the last published slots, oldest first, regardless of the position of `next`.
  ///
  /// A slot is consistent: the words that belong to its visible state were stored before that
  /// state.
  ///
  /// - Parameter limit: maximum number of slots; 0...1024.
  /// - Complexity: two reads of the slots, and one of each segment begun since the last call.
  public func latest(_ limit: Int) throws(PlatformError) -> [RecordWords] {
    precondition((0...Self.bufferSlots).contains(limit), "\(limit) is not in 0...1024")
    if let packed { return try Self.latest(limit, ofPacked: packed.path) }
    guard var last = try findTail() else { return [] }
    var words: [RecordWords] = []
    while words.count < limit {
      let first = max(0, last.count - (limit - words.count))
      words.insert(contentsOf: try consistentSlots(first..<last.count, of: last), at: 0)
      guard words.count < limit, last.index > 0,
        let earlier = try segment(before: last)
      else { break }
      last = earlier
    }
    return words.filter { $0.w0 != 0 }
  }

  /// Returns the last slots of a packed history, which must be read from its beginning.
  private static func latest(
    _ limit: Int, ofPacked path: String
  ) throws(PlatformError) -> [RecordWords] {
    let reader = try PackedReader(path: path)
    var words: [RecordWords] = []
    while let record = try reader.next() {
      if reader.position + UInt64(limit) > reader.count { words.append(record) }
    }
    return words
  }

  private static func words(_ slot: UnsafeMutablePointer<UInt64>) -> RecordWords {
    unsafe RecordWords(
      slot[0], slot[1], slot[2], slot[3], slot[4], slot[5], slot[6], slot[7])
  }
}

extension HistoryReader {
  /// Reads further published slots of the current or next segment into the buffer.
  private func fill() throws(PlatformError) -> Bool {
    if segment == nil {
      segment = try SegmentFile.open(path, segment: 0, base: 0)
      metadata = segment?.metadata
    }
    guard var current = segment else { return false }
    if read == current.count {
      try current.refresh()
      if read == current.count {
        guard current.isSealed, let next = try Self.segment(after: current, of: path) else {
          return false
        }
        current = next
        segment = next
        read = 0
        filled = 0
        taken = 0
        try current.refresh()
        guard current.count > 0 else { return false }
      }
    }
    let end = min(current.count, read + Self.bufferSlots)
    try unsafe current.read(slots: read..<end, into: buffer)
    filled = end - read
    taken = 0
    read = end
    return true
  }

  private static func segment(
    after current: SegmentFile, of path: String
  ) throws(PlatformError) -> SegmentFile? {
    try SegmentFile.open(
      path, segment: current.index + 1, base: current.base + UInt64(current.count))
  }

  /// Accepts an empty slot as the end of the history if nothing follows; the next call reads it
  /// again.
  private func checkTornEnd() throws(PlatformError) {
    for slot in taken..<filled where unsafe buffer[slot * HistoryFormat.slotWords] != 0 {
      throw PlatformError(
        code: .badFormat, operation: "read history", path: segment?.path ?? path,
        detail: "slot \(position) is empty, but a later one is not")
    }
    read -= filled - taken
    filled = 0
    taken = 0
  }

  /// Returns the last segment, with a fresh count.
  private func findTail() throws(PlatformError) -> SegmentFile? {
    if tail == nil { tail = try SegmentFile.open(path, segment: 0, base: 0) }
    guard var last = tail else { return nil }
    try last.refresh()
    while last.isSealed, let next = try Self.segment(after: last, of: path) {
      try next.refresh()
      last = next
    }
    tail = last
    return last
  }

  private func segment(before last: SegmentFile) throws(PlatformError) -> SegmentFile? {
    // Its base depends on the sizes, which only the writer knows: count from the first segment.
    var current = try SegmentFile.open(path, segment: 0, base: 0)
    while let found = current {
      try found.refresh()
      if found.index == last.index - 1 { return found }
      current = try Self.segment(after: found, of: path)
    }
    return nil
  }

  /// Reads slots until no state has changed between two readings, so that the words that belong to
  /// each state were stored before the second one.
  private func consistentSlots(
    _ slots: Range<Int>, of file: SegmentFile
  ) throws(PlatformError) -> [RecordWords] {
    var before = try read(slots, of: file)
    while true {
      let after = try read(slots, of: file)
      if zip(before, after).allSatisfy({ $0.w0 == $1.w0 }) { return after }
      before = after
    }
  }

  private func read(
    _ slots: Range<Int>, of file: SegmentFile
  ) throws(PlatformError) -> [RecordWords] {
    guard !slots.isEmpty else { return [] }
    let scratch = UnsafeMutablePointer<UInt64>.allocate(
      capacity: slots.count * HistoryFormat.slotWords)
    defer { unsafe scratch.deallocate() }
    try unsafe file.read(slots: slots, into: scratch)
    return slots.indices.map { index in
      unsafe Self.words(scratch + (index - slots.lowerBound) * HistoryFormat.slotWords)
    }
  }
}
