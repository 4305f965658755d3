/// The number from which everything random in a run is derived.
///
/// Seeds are derived from *names*, never from order, so that adding a cell to a matrix moves no
/// other cell's numbers.
public struct Seed: Hashable, Sendable {
  /// The 64 bits of the seed.
  public var rawValue: UInt64

  /// Creates a seed from its bits.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Reads a seed as the user writes it: decimal, or hexadecimal after `0x`.
  ///
  /// - Returns: `nil` if `text` is neither, or does not fit in 64 bits.
  public init?(_ text: String) {
    let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
    guard let value = UInt64(digits, radix: text.hasPrefix("0x") ? 16 : 10) else { return nil }
    rawValue = value
  }

  /// Returns the seed derived from this one for a name.
  ///
  /// FNV-1a over the name, then the finaliser of MurmurHash3, so that similar names give unrelated
  /// seeds. Source: Fowler, Noll, Vo; Appleby, `fmix64`.
  public func derived(_ name: String) -> Seed {
    var hash = 0xcbf2_9ce4_8422_2325 ^ rawValue
    for byte in name.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    hash ^= hash >> 33
    hash = hash &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    hash = hash &* 0xc4ce_b9fe_1a85_ec53
    hash ^= hash >> 33
    return Seed(hash)
  }

  /// Returns the seed derived for a numbered item of a kind, such as actor 3.
  public func derived(_ name: String, _ index: Int) -> Seed {
    derived("\(name)/\(index)")
  }
}

extension Seed: Codable {
  /// Reads the decimal text form; JSON numbers lose bits beyond 2^53.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let seed = Seed(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not a seed")
    }
    self = seed
  }

  /// Writes the decimal text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(String(rawValue))
  }
}

extension Seed: CustomStringConvertible {
  /// The decimal form, which `--seed` reads back.
  public var description: String { String(rawValue) }
}
