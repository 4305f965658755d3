/// Eight 64-bit words: one slot of a history, or a record of a record file (unused words are 0).
public struct RecordWords: Hashable, Sendable {
  /// Word 0; in a history the state, where 0 means an empty slot.
  public var w0: UInt64
  /// Word 1.
  public var w1: UInt64
  /// Word 2.
  public var w2: UInt64
  /// Word 3.
  public var w3: UInt64
  /// Word 4.
  public var w4: UInt64
  /// Word 5.
  public var w5: UInt64
  /// Word 6.
  public var w6: UInt64
  /// Word 7.
  public var w7: UInt64

  /// Creates a record.
  @inlinable
  public init(
    _ w0: UInt64, _ w1: UInt64 = 0, _ w2: UInt64 = 0, _ w3: UInt64 = 0,
    _ w4: UInt64 = 0, _ w5: UInt64 = 0, _ w6: UInt64 = 0, _ w7: UInt64 = 0
  ) {
    (self.w0, self.w1, self.w2, self.w3) = (w0, w1, w2, w3)
    (self.w4, self.w5, self.w6, self.w7) = (w4, w5, w6, w7)
  }

  /// The words in order.
  @inlinable
  public var tuple: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) {
    (w0, w1, w2, w3, w4, w5, w6, w7)
  }
}
