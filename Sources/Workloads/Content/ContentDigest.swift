public import SQLiteDriver

/// Digests a sequence of typed values into 128 bits.
///
/// Distinguishes contents that a program made; it is no defence against deliberate collisions. Each
/// value is preceded by its type, each text and blob by its length, so that no two different
/// sequences of values are the same bytes.
///
/// Multiplies 64 by 64 bits and folds the product, in two lanes that feed into each other.
/// Source of the idea: Wang Yi, wyhash (public domain).
public struct ContentDigest: Sendable {
  private var first: UInt64
  private var second: UInt64
  private var count: UInt64 = 0

  // Odd numbers with as many ones as zeros, from the digits of pi and e.
  private static let keys: (UInt64, UInt64, UInt64, UInt64) = (
    0x2430_5a88_85a3_08d3, 0xb7e1_5162_8aed_2a6b, 0x1319_8a2e_0370_7345, 0xbf71_5880_9cf4_f3c7
  )

  /// An empty digest.
  public init() {
    first = Self.keys.0
    second = Self.keys.1
  }

  /// Adds NULL.
  @inline(__always)
  public mutating func addNull() { mix(UInt64(SQLiteType.null.rawValue), 0) }

  /// Adds an integer.
  @inline(__always)
  public mutating func add(_ value: Int64) {
    mix(UInt64(SQLiteType.integer.rawValue), UInt64(bitPattern: value))
  }

  /// Adds a floating-point number by its bits.
  @inline(__always)
  public mutating func add(_ value: Double) {
    mix(UInt64(SQLiteType.real.rawValue), value.bitPattern)
  }

  /// Adds a text as its UTF-8, or a blob.
  @inline(__always)
  public mutating func add(_ bytes: Span<UInt8>, as type: SQLiteType) {
    mix(UInt64(type.rawValue), UInt64(bytes.count))
    var offset = 0
    while offset + 16 <= bytes.count {
      mix(bytes.word(at: offset), bytes.word(at: offset + 8))
      offset += 16
    }
    guard offset < bytes.count else { return }
    if bytes.count >= 16 {
      // The last sixteen bytes, of which some were there already.
      mix(bytes.word(at: bytes.count - 16), bytes.word(at: bytes.count - 8))
    } else if bytes.count >= 8 {
      mix(bytes.word(at: 0), bytes.word(at: bytes.count - 8))
    } else {
      var word: UInt64 = 0
      for index in 0..<bytes.count { word = word << 8 | UInt64(bytes[index]) }
      mix(word, 0)
    }
  }

  /// Adds a value whose type is only known at run time.
  public mutating func add(_ value: SQLiteValue) {
    switch value {
    case .null: addNull()
    case .integer(let number): add(number)
    case .real(let number): add(number)
    case .text(let text): add(Array(text.utf8).span, as: .text)
    case .blob(let bytes): add(bytes.span, as: .blob)
    }
  }

  /// Marks the beginning of a row of so many values.
  @inline(__always)
  public mutating func beginRow(columns: Int) { mix(UInt64(columns), 0x5eed) }

  /// Marks the beginning of a table's rows by its name.
  public mutating func beginTable(_ name: Span<UInt8>) {
    mix(0x7ab1e, 0x7ab1e)
    add(name, as: .text)
  }

  /// The digest of all that was added so far.
  public var value: Digest128 {
    let (low, high) = (first ^ Self.keys.2 &+ count, second ^ Self.keys.3)
    let one = Self.fold(low ^ Self.keys.0, high ^ Self.keys.1)
    let two = Self.fold(high &+ Self.keys.2, low &+ count &* Self.keys.3)
    return Digest128(
      high: Self.fold(one ^ Self.keys.3, two ^ Self.keys.0),
      low: Self.fold(two ^ Self.keys.1, one &+ Self.keys.2))
  }

  /// Mixes two words into both lanes. A product of zero clears no lane: each is added to itself.
  @inline(__always)
  private mutating func mix(_ left: UInt64, _ right: UInt64) {
    let one = Self.fold(left ^ first, right ^ Self.keys.2)
    let two = Self.fold(right ^ second, left ^ Self.keys.3)
    first = (first << 23 | first >> 41) &+ one
    second = (second << 29 | second >> 35) &+ two ^ one
    count &+= 1
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
