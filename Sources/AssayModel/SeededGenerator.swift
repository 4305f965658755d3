/// A small, fast pseudo-random generator whose whole sequence follows from a seed.
///
/// Not for secrets. Source: Blackman and Vigna, xoshiro256**; state filled by splitmix64, as they
/// advise.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// Creates the generator for a seed.
  public init(_ seed: Seed) {
    var x = seed.rawValue
    func splitMix() -> UInt64 {
      x = x &+ 0x9e37_79b9_7f4a_7c15
      var z = x
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    state = (splitMix(), splitMix(), splitMix(), splitMix())
  }

  /// Returns the next 64 bits of the sequence.
  public mutating func next() -> UInt64 {
    let result = Self.rotate(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = Self.rotate(state.3, by: 45)
    return result
  }

  /// Returns a number in `0..<bound`, nearly uniform (bias below `bound` / 2^64).
  ///
  /// - Parameter bound: at least 1.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "bound is \(bound), must be at least 1")
    return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Returns a number in `0..<1` with 53 random bits.
  public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  private static func rotate(_ value: UInt64, by bits: UInt64) -> UInt64 {
    (value << bits) | (value >> (64 - bits))
  }
}
