/// The hash of a file's durable content, kept per chunk, so that an image that changes few chunks
/// rehashes only those.
///
/// Safe because it only reads within the length of the file it is given.
@safe
struct FileHash {
  /// Bytes in a chunk; the smallest sector.
  static let chunkSize = 512

  /// Hashes of the chunks of the durable content.
  private var chunks: [ImageHash] = []
  /// Their sum.
  private(set) var sum = ImageHash.zero
  /// For each chunk, true if the present image touches it.
  private var isTouched: [Bool] = []
  /// Chunks touched by the present image.
  private(set) var touched: [Int] = []

  /// Records that an image changes bytes in a range.
  ///
  /// - Returns: number of chunks that it had not touched before.
  mutating func touch(_ offset: Int, _ end: Int) -> Int {
    guard end > offset else { return 0 }
    let before = touched.count
    let last = (end - 1) / Self.chunkSize
    while isTouched.count <= last { isTouched.append(false) }
    for chunk in offset / Self.chunkSize...last where !isTouched[chunk] {
      isTouched[chunk] = true
      touched.append(chunk)
    }
    return touched.count - before
  }

  /// Removes the most recently touched chunk.
  mutating func untouchLast() {
    if let chunk = touched.popLast() { isTouched[chunk] = false }
  }

  /// Returns the sum of the image's chunks.
  func imageSum(_ inode: SimulatedInode) -> ImageHash {
    var sum = self.sum
    for chunk in touched {
      if chunk < chunks.count { sum -= chunks[chunk] }
      sum += hash(of: chunk, in: inode)
    }
    return sum
  }

  /// Merges the touched chunks into the durable content.
  mutating func settle(_ inode: SimulatedInode) {
    for chunk in touched {
      while chunks.count <= chunk { chunks.append(.zero) }
      sum -= chunks[chunk]
      chunks[chunk] = hash(of: chunk, in: inode)
      sum += chunks[chunk]
      isTouched[chunk] = false
    }
    touched.removeAll(keepingCapacity: true)
  }

  private func hash(of chunk: Int, in inode: SimulatedInode) -> ImageHash {
    let offset = chunk * Self.chunkSize
    let count = min(Self.chunkSize, inode.count - offset)
    guard count > 0 else { return .zero }
    return unsafe ImageHash.ofBytes(
      UnsafeRawPointer(inode.memory + offset), count: count, position: UInt64(chunk))
  }
}
