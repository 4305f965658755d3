import AssayModel

/// A set of transfer identifiers at about one bit each, since those of an actor are dense.
struct TransferBitmap {
  /// 32,768 identifiers, 4 KB.
  private static let wordsPerChunk = 512
  /// 64 MB. A corrupt table of random identifiers must not take all memory.
  private static let chunkLimit = 16_384

  private var words: [UInt64] = []
  private var chunks: [UInt64: Int] = [:]
  private var lastChunk: UInt64 = .max
  private var lastStart = 0
  /// Identifiers inside.
  private(set) var count = 0

  /// Adds an identifier.
  ///
  /// - Returns: `false` when it was inside already, or there is no room for one so far off.
  mutating func insert(_ identifier: UInt64) -> Bool {
    let chunk = identifier >> 15
    if chunk != lastChunk {
      if let start = chunks[chunk] {
        lastStart = start
      } else {
        guard chunks.count < Self.chunkLimit else { return false }
        lastStart = words.count
        words.append(contentsOf: repeatElement(0, count: Self.wordsPerChunk))
        chunks[chunk] = lastStart
      }
      lastChunk = chunk
    }
    let (word, bit) = place(identifier)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    count += 1
    return true
  }

  /// Removes an identifier; returns true if it was a member.
  mutating func remove(_ identifier: UInt64) -> Bool {
    let chunk = identifier >> 15
    if chunk != lastChunk {
      guard let start = chunks[chunk] else { return false }
      (lastChunk, lastStart) = (chunk, start)
    }
    let (word, bit) = place(identifier)
    guard words[word] & bit != 0 else { return false }
    words[word] &= ~bit
    count -= 1
    return true
  }

  /// Returns true if an identifier is a member.
  func contains(_ identifier: UInt64) -> Bool {
    guard let start = chunks[identifier >> 15] else { return false }
    return words[start + Int(identifier >> 6 & 0x1ff)] & 1 << (identifier & 63) != 0
  }

  /// Returns the smallest identifiers inside, ascending, at most `limit`.
  func first(_ limit: Int) -> [UInt64] {
    var found: [UInt64] = []
    for chunk in chunks.sorted(by: { $0.key < $1.key }) {
      for word in 0..<Self.wordsPerChunk {
        var bits = words[chunk.value + word]
        while bits != 0 {
          guard found.count < limit else { return found }
          found.append(chunk.key << 15 | UInt64(word << 6 | bits.trailingZeroBitCount))
          bits &= bits - 1
        }
      }
    }
    return found
  }

  private func place(_ identifier: UInt64) -> (word: Int, bit: UInt64) {
    (lastStart + Int(identifier >> 6 & 0x1ff), 1 << (identifier & 63))
  }
}
