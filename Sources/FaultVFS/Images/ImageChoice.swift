/// The survivors at a crash point: a bit for each piece and for each name change, in the order of
/// the log.
public struct ImageChoice: Equatable, Sendable {
  /// Bits of the pieces that survive.
  private(set) var pieces: [UInt64]
  /// Bits of the pieces that leave random bytes instead of old or new ones.
  private(set) var garbage: [UInt64]
  /// Bits of the name changes that survive.
  private(set) var names: [UInt64]

  /// Creates a choice in which nothing survives.
  init(pieces pieceCount: Int, names nameCount: Int) {
    pieces = Array(repeating: 0, count: (pieceCount + 63) / 64)
    garbage = pieces
    names = Array(repeating: 0, count: (nameCount + 63) / 64)
  }

  @inline(__always)
  private static func bit(_ words: [UInt64], _ index: Int) -> Bool {
    words[index >> 6] & 1 << UInt64(index & 63) != 0
  }

  @inline(__always)
  private static func set(_ words: inout [UInt64], _ index: Int, _ value: Bool) {
    let mask = UInt64(1) << UInt64(index & 63)
    if value { words[index >> 6] |= mask } else { words[index >> 6] &= ~mask }
  }

  func keepsPiece(_ index: Int) -> Bool { Self.bit(pieces, index) }
  func isGarbage(_ index: Int) -> Bool { Self.bit(garbage, index) }
  func keepsName(_ index: Int) -> Bool { Self.bit(names, index) }

  mutating func setPiece(_ index: Int, _ survives: Bool) {
    Self.set(&pieces, index, survives)
    Self.set(&garbage, index, false)
  }

  mutating func setGarbage(_ index: Int) {
    Self.set(&pieces, index, false)
    Self.set(&garbage, index, true)
  }

  /// Keeps exactly the pieces of a mask; for at most 64 of them.
  mutating func setPieces(_ mask: UInt64) {
    guard !pieces.isEmpty else { return }
    pieces[0] = mask
    garbage[0] = 0
  }

  /// Returns the number of the first piece with a different fate than in another choice of the same
  /// crash point; `count` if there is none.
  func firstDifference(from other: ImageChoice, count: Int) -> Int {
    for word in pieces.indices {
      let difference =
        (pieces[word] ^ other.pieces[word]) | (garbage[word] ^ other.garbage[word])
      if difference != 0 { return word << 6 + difference.trailingZeroBitCount }
    }
    return count
  }

  mutating func setName(_ index: Int, _ survives: Bool) { Self.set(&names, index, survives) }

  /// Keeps exactly the first `count` name changes.
  mutating func keepNames(prefix count: Int, of total: Int) {
    for index in 0..<total { setName(index, index < count) }
  }

  /// Keeps all pieces, or none.
  mutating func setAllPieces(_ survive: Bool, count: Int) {
    for index in 0..<count { setPiece(index, survive) }
  }
}
