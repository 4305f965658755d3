/// The file format of a history, in the byte order of the machine.
///
/// A history is a sequence of segment files `<base>.0000`, `<base>.0001`, ... of 64-byte slots.
/// Slot 0 of each is its header:
///
/// | word | content |
/// |---|---|
/// | 0 | `magic` and version, stored last: a header without it was never finished |
/// | 1 | index of the segment, from 0 |
/// | 2 | sequence number of its first slot |
/// | 3 | number of slots published so far |
/// | 4 | `State` |
/// | 5 to 7 | the same in all segments: metadata of the writer (`HistoryMetadata`) |
///
/// The writer leaves a segment only when it is full. A slot's word 0 is stored after its other
/// words and never becomes 0 again.
enum HistoryFormat {
  /// "HASSAY" above version 1.
  static let magic: UInt64 = 0x4841_5353_4159_0001
  static let magicMask: UInt64 = 0xffff_ffff_ffff_0000
  static let slotBytes = 64
  static let slotWords = 8

  /// State of a segment, as set by its writer.
  enum State: UInt64 {
    case open = 0
    /// Full; the next segment exists.
    case sealed = 1
    /// The writer has ended normally.
    case closed = 2
  }

  static let indexWord = 1
  static let baseWord = 2
  static let countWord = 3
  static let stateWord = 4
  static let metadataWord = 5

  /// Returns the path of a segment.
  static func path(_ base: String, segment index: Int) -> String {
    let digits = String(index)
    return base + "." + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}

/// Three words that identify a history's writer to its readers; their meaning is the caller's.
public struct HistoryMetadata: Hashable, Sendable {
  /// First word.
  public var first: UInt64
  /// Second word.
  public var second: UInt64
  /// Third word.
  public var third: UInt64

  /// Creates the words.
  public init(_ first: UInt64 = 0, _ second: UInt64 = 0, _ third: UInt64 = 0) {
    (self.first, self.second, self.third) = (first, second, third)
  }
}

/// Identifies a slot to the writer that published it.
public struct HistorySlot: Hashable, Sendable {
  /// Position in the history, from 0.
  public let sequence: UInt64
}
