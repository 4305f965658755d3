/// A hash that distinguishes crash images: 128 bits, the sum of the hashes of their parts, so that
/// changing one part changes the sum by a difference.
///
/// Not for secrets. Two products of 64 × 64 bits folded, after wyhash (Wang Yi). The chance that
/// two of 10^9 images collide is below 10^-20. The same in every process: no seed.
public struct ImageHash: Hashable, Codable, Sendable {
  /// The two halves.
  public var low: UInt64
  /// The two halves.
  public var high: UInt64

  /// Creates a hash from its halves.
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Hashes the low half, which is enough for a place in a table.
  public func hash(into hasher: inout Hasher) { hasher.combine(low) }

  /// The hash of nothing.
  public static let zero = ImageHash(low: 0, high: 0)

  /// Adds a part; each half wraps.
  @inline(__always)
  public static func += (left: inout ImageHash, right: ImageHash) {
    left.low = left.low &+ right.low
    left.high = left.high &+ right.high
  }

  /// Subtracts a part; each half wraps.
  @inline(__always)
  public static func -= (left: inout ImageHash, right: ImageHash) {
    left.low = left.low &- right.low
    left.high = left.high &- right.high
  }

  private static let p0: UInt64 = 0xa076_1d64_78bd_642f
  private static let p1: UInt64 = 0xe703_7ed1_a0b4_28db
  private static let p2: UInt64 = 0x8ebc_6af0_9c88_c6e3
  private static let p3: UInt64 = 0x5899_65cc_7537_4cc3

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// Mixes four words into one hash.
  @inline(__always)
  static func mixing(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> ImageHash {
    let first = fold(a ^ p0, b ^ p1)
    let second = fold(c ^ p2, d ^ p3)
    return ImageHash(
      low: fold(first ^ p1, second ^ p0), high: fold(first ^ p3, second &+ p2))
  }

  /// Returns the hash of some bytes at a place.
  ///
  /// - Parameter position: enters the hash, so that equal bytes at other places differ.
  @inline(__always)
  static func ofBytes(
    _ bytes: UnsafeRawPointer, count: Int, position: UInt64
  ) -> ImageHash {
    var first = position ^ p0
    var second = UInt64(truncatingIfNeeded: count) ^ p1
    var at = 0
    while at + 16 <= count {
      let a = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let b = unsafe bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)
      first = fold(a ^ p1, b ^ first)
      second = fold(a ^ second, b ^ p2)
      at += 16
    }
    var tail: (UInt64, UInt64) = (0, 0)
    var shift: UInt64 = 0
    while at < count {
      let byte = UInt64(unsafe bytes.load(fromByteOffset: at, as: UInt8.self))
      if shift < 64 { tail.0 |= byte << shift } else { tail.1 |= byte << (shift - 64) }
      shift += 8
      at += 1
    }
    return mixing(first ^ tail.0, second ^ tail.1, position, UInt64(truncatingIfNeeded: count))
  }
}

extension ImageHash {
  /// The hash of some bytes by themselves.
  public init(of bytes: [UInt8]) {
    self = unsafe bytes.withUnsafeBytes { unsafe ImageHash(of: $0) }
  }

  init(of bytes: UnsafeRawBufferPointer) {
    guard let address = bytes.baseAddress else {
      self = .zero
      return
    }
    self = unsafe Self.ofBytes(address, count: bytes.count, position: 0)
  }
}

extension ImageHash: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String {
    func hexadecimal(_ word: UInt64) -> String {
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
    return hexadecimal(high) + hexadecimal(low)
  }
}
