import Glibc
import Synchronization

/// Appends slots of eight words to a history in mapped memory, which survives the death of the
/// process.
///
/// Used by one thread at a time. Appending makes no system call, except at the start of a segment.
/// The caller defines the meaning of all words except word 0, the state: it is never 0, and it is
/// stored after the others, so that a reader that sees a state also sees the words that belong to
/// it.
///
/// Safe because `slots` points just past the header of `segment`, which is mapped as long as this
/// object holds it, and `used` never passes `capacity`.
@safe public final class HistoryWriter: @unchecked Sendable {
  // Unchecked because of the pointer and the plain counters; one thread at a time uses a writer.

  /// Sizes of the segments of one history, header slots included.
  public struct Sizes: Sendable {
    /// Size of the first segment, in bytes; a positive multiple of 128.
    public var first: Int
    /// Size of the largest segment, in bytes; each segment is four times as large as the previous
    /// one.
    public var largest: Int

    /// Creates sizes; the defaults hold 4,095 slots at first and 65,535 later.
    public init(first: Int = 256 << 10, largest: Int = 4 << 20) {
      precondition(first >= 128 && first % 128 == 0, "first segment of \(first) bytes")
      precondition(largest >= first && largest % 128 == 0, "largest segment of \(largest) bytes")
      (self.first, self.largest) = (first, largest)
    }

    func bytes(of segment: Int) -> Int {
      segment >= 16 ? largest : min(largest, first << (2 * segment))
    }
  }

  /// The path of the segment files without their numbers.
  public let path: String
  /// Number of slots published so far.
  public var count: UInt64 { base + UInt64(used) }

  private let metadata: HistoryMetadata
  private let sizes: Sizes
  private let preparer: HistoryPreparer?

  private var segment: MappedFile
  private var slots: UnsafeMutablePointer<UInt64>
  private var index = 0
  private var base: UInt64 = 0
  private var used = 0
  private var capacity: Int
  /// Number of slots at which `append` takes the slow path: half of the segment, then its end.
  private var limit: Int
  private var previous: Filled?
  private var pending: PendingSegment?
  private var isClosed = false

  /// A full segment, kept mapped until the next one is full, for late completions.
  private struct Filled {
    var file: MappedFile
    var base: UInt64
  }

  /// Creates the first segment, `<path>.0000`.
  ///
  /// - Parameters:
  ///   - path: an existing folder and a name, such as `.../p0i0a3`.
  ///   - metadata: words passed to readers.
  ///   - preparer: creates further segments on its own thread; without one, `append` and
  ///     `prepareIfNeeded` do.
  /// - Throws: `alreadyExists`, `noSpace`, or another system error.
  public init(
    path: String, metadata: HistoryMetadata, sizes: Sizes = Sizes(),
    preparer: HistoryPreparer? = nil
  ) throws(PlatformError) {
    self.path = path
    self.metadata = metadata
    self.sizes = sizes
    self.preparer = preparer
    let header = SegmentHeader(index: 0, base: 0, metadata: metadata)
    let first = PendingSegment(
      path: HistoryFormat.path(path, segment: 0), byteCount: sizes.bytes(of: 0), header: header)
    segment = try first.take()
    unsafe slots = Self.slots(of: segment)
    capacity = segment.byteCount / HistoryFormat.slotBytes - 1
    limit = capacity / 2
  }

  deinit { pending?.abandon() }

  /// Publishes a slot: a reader sees all of it, or nothing.
  ///
  /// - Parameter w0: the state; not 0.
  /// - Returns: the slot, for `complete`.
  /// - Throws: `noSpace` or another system error if the next segment could not be created. Nothing
  ///   is published then, and the next `append` tries again.
  @discardableResult
  public func append(
    _ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64,
    _ w4: UInt64, _ w5: UInt64, _ w6: UInt64, _ w7: UInt64
  ) throws(PlatformError) -> HistorySlot {
    precondition(w0 != 0, "state 0 means an empty slot")
    if used >= limit { try passLimit() }
    let position = used
    let slot = unsafe slots + position * HistoryFormat.slotWords
    unsafe slot[1] = w1
    unsafe slot[2] = w2
    unsafe slot[3] = w3
    unsafe slot[4] = w4
    unsafe slot[5] = w5
    unsafe slot[6] = w6
    unsafe slot[7] = w7
    unsafe Self.storeReleasing(w0, slot)
    used = position + 1
    // The count of the header slot, which lies before the first one.
    unsafe Self.storeReleasing(
      UInt64(position + 1), slots - HistoryFormat.slotWords + HistoryFormat.countWord)
    return HistorySlot(sequence: base + UInt64(position))
  }

  /// Overwrites words of a slot, and finally its state.
  ///
  /// A `nil` word is left unchanged. Until the new state is visible, the other words given here may
  /// be seen old, new or mixed: a reader must not rely on them in the old state.
  ///
  /// - Parameters:
  ///   - slot: a slot returned by this writer; completing the latest slots is fast.
  ///   - w0: the new state; not 0.
  /// - Throws: the system's error, only for a slot at least a whole segment old.
  public func complete(
    _ slot: HistorySlot, w0: UInt64, w1: UInt64? = nil, w2: UInt64? = nil, w3: UInt64? = nil,
    w4: UInt64? = nil, w5: UInt64? = nil, w6: UInt64? = nil, w7: UInt64? = nil
  ) throws(PlatformError) {
    precondition(w0 != 0, "state 0 means an empty slot")
    // Slots before `base` wrap around to huge offsets.
    let offset = slot.sequence &- base
    guard offset < UInt64(used) else {
      let words = [w1, w2, w3, w4, w5, w6, w7]
      return try completeEarlier(slot, state: w0, words)
    }
    let words = unsafe slots + Int(offset) * HistoryFormat.slotWords
    if let w1 { unsafe words[1] = w1 }
    if let w2 { unsafe words[2] = w2 }
    if let w3 { unsafe words[3] = w3 }
    if let w4 { unsafe words[4] = w4 }
    if let w5 { unsafe words[5] = w5 }
    if let w6 { unsafe words[6] = w6 }
    if let w7 { unsafe words[7] = w7 }
    unsafe Self.storeReleasing(w0, words)
  }

  /// Creates the next segment now if more than half of this one is used and it is not yet being
  /// created.
  ///
  /// For writers without a preparer, between operations. A failure is reported by `append`.
  public func prepareIfNeeded() {
    guard used >= capacity / 2, !isClosed else { return }
    wantNextSegment()
    pending?.prepare()
  }

  /// Marks the history as complete, and truncates the last segment to its content.
  ///
  /// - Throws: the error of `truncate`; the history is readable nonetheless.
  public func close() throws(PlatformError) {
    guard !isClosed else { return }
    isClosed = true
    segment.storeReleasing(HistoryFormat.State.closed.rawValue, at: HistoryFormat.stateWord)
    pending?.abandon()
    pending = nil
    previous = nil
    // The pages beyond the new end must not be touched, so no slot is writable from here on.
    limit = 0
    capacity = 0
    let path = segment.path
    guard unsafe truncate(path, (used + 1) * HistoryFormat.slotBytes) == 0 else {
      throw PlatformError(operation: "truncate", errorNumber: errno, path: path)
    }
  }

  private static func slots(of file: MappedFile) -> UnsafeMutablePointer<UInt64> {
    unsafe (file.base + HistoryFormat.slotBytes).assumingMemoryBound(to: UInt64.self)
  }

  private static func storeReleasing(_ value: UInt64, _ word: UnsafeMutablePointer<UInt64>) {
    unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt64>.self)
      .pointee.store(value, ordering: .releasing)
  }
}

extension HistoryWriter {
  /// Handles a segment that is half used, or full.
  private func passLimit() throws(PlatformError) {
    precondition(!isClosed, "history \(path) is closed")
    wantNextSegment()
    limit = capacity
    guard used == capacity, let next = pending else { return }
    pending = nil
    let file = try next.take()
    segment.storeReleasing(HistoryFormat.State.sealed.rawValue, at: HistoryFormat.stateWord)
    if let old = previous?.file { preparer?.retire(old) }
    previous = Filled(file: segment, base: base)
    segment = file
    unsafe slots = Self.slots(of: file)
    base = next.header.base
    index += 1
    used = 0
    capacity = file.byteCount / HistoryFormat.slotBytes - 1
    limit = capacity / 2
  }

  private func wantNextSegment() {
    guard pending == nil else { return }
    let header = SegmentHeader(
      index: index + 1, base: base + UInt64(capacity), metadata: metadata)
    let next = PendingSegment(
      path: HistoryFormat.path(path, segment: index + 1), byteCount: sizes.bytes(of: index + 1),
      header: header)
    pending = next
    preparer?.prepare(next)
  }

  /// Completes a slot of an earlier segment, in memory if it is the previous one, else in its file.
  private func completeEarlier(
    _ slot: HistorySlot, state: UInt64, _ words: [UInt64?]
  ) throws(PlatformError) {
    precondition(slot.sequence < base, "slot \(slot.sequence) of \(path) is not published")
    precondition(!isClosed, "history \(path) is closed")
    let file: MappedFile
    let fileBase: UInt64
    if let previous, slot.sequence >= previous.base {
      (file, fileBase) = (previous.file, previous.base)
    } else {
      (file, fileBase) = try reopen(holding: slot)
    }
    let first = (Int(slot.sequence - fileBase) + 1) * HistoryFormat.slotWords
    for (number, word) in words.enumerated() {
      if let word { file.store(word, at: first + 1 + number) }
    }
    file.storeReleasing(state, at: first)
  }

  private func reopen(
    holding slot: HistorySlot
  ) throws(PlatformError) -> (MappedFile, UInt64) {
    var first: UInt64 = 0
    for number in 0..<index {
      let slots = UInt64(sizes.bytes(of: number) / HistoryFormat.slotBytes - 1)
      if slot.sequence < first + slots {
        let file = try MappedFile(
          opening: HistoryFormat.path(path, segment: number), isWritable: true)
        return (file, first)
      }
      first += slots
    }
    preconditionFailure("slot \(slot.sequence) of \(path) is in no segment")
  }
}
