/// The hash of a file's durable content, kept by chunks, so that an image that changes few chunks
/// is hashed by them alone.
///
/// Safe because it only reads within the length of the file that it is given.
@safe
struct FileHash {
  /// Bytes in a chunk; the smallest sector.
  static let chunkSize = 512

  /// Hashes of the chunks of the durable content.
  private var chunks: [ImageHash] = []
  /// Their sum.
  private(set) var sum = ImageHash.zero
  /// Per chunk the number of the build that touched it last.
  private var stamps: [Int32] = []
  /// Chunks that the present image touches.
  private(set) var touched: [Int] = []

  /// Notes that an image changes bytes in a range.
  mutating func touch(_ offset: Int, _ end: Int, build: Int32) {
    guard end > offset else { return }
    let last = (end - 1) / Self.chunkSize
    while stamps.count <= last { stamps.append(-1) }
    for chunk in offset / Self.chunkSize...last where stamps[chunk] != build {
      stamps[chunk] = build
      touched.append(chunk)
    }
  }

  /// The sum of the image's chunks.
  func imageSum(_ inode: SimulatedInode) -> ImageHash {
    var sum = self.sum
    for chunk in touched {
      if chunk < chunks.count { sum -= chunks[chunk] }
      sum += hash(of: chunk, in: inode)
    }
    return sum
  }

  /// Takes the touched chunks into the durable content.
  mutating func settle(_ inode: SimulatedInode) {
    for chunk in touched {
      while chunks.count <= chunk { chunks.append(.zero) }
      sum -= chunks[chunk]
      chunks[chunk] = hash(of: chunk, in: inode)
      sum += chunks[chunk]
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Forgets what an image has touched.
  mutating func forget() { touched.removeAll(keepingCapacity: true) }

  private func hash(of chunk: Int, in inode: SimulatedInode) -> ImageHash {
    let offset = chunk * Self.chunkSize
    let count = min(Self.chunkSize, inode.count - offset)
    guard count > 0 else { return .zero }
    return unsafe ImageHash.ofBytes(
      UnsafeRawPointer(inode.memory + offset), count: count, position: UInt64(chunk))
  }
}
