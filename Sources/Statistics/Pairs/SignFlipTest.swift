public import AssayModel

/// Tests by random sign flips whether the mean of paired differences is above zero.
///
/// Exact for any distribution that is symmetric about zero, as differences of two equal sides in
/// random order are. The pair of blocks is the unit: never flip single operations.
/// Source: Fisher, "The Design of Experiments", 21; the added one: Phipson and Smyth, Statistical
/// Applications in Genetics and Molecular Biology 9 (2010).
public enum SignFlipTest {
  /// Returns the probability of a mean as large or larger when both sides are equal.
  ///
  /// - Parameters:
  ///   - differences: one per pair, at least one.
  ///   - flips: number of random patterns of signs; the smallest possible result is
  ///     1 / (flips + 1).
  ///   - seed: the seed of the patterns.
  /// - Complexity: O(flips x number of differences).
  public static func above(_ differences: [Double], flips: Int = 9_999, seed: Seed) -> Double {
    precondition(!differences.isEmpty, "a test of nothing")
    precondition(flips > 0, "\(flips) flips")
    var generator = SeededGenerator(seed)
    let observed = differences.reduce(0, +)
    // Sums of the same numbers in another pattern differ in their last bits.
    let limit = observed - 1e-12 * differences.reduce(0) { $0 + abs($1) }
    var asLarge = 0
    for _ in 0..<flips {
      var (sum, bits) = (0.0, UInt64(0))
      for (place, difference) in differences.enumerated() {
        if place.isMultiple(of: 64) { bits = generator.next() }
        sum += bits & 1 == 1 ? difference : -difference
        bits >>= 1
      }
      if sum >= limit { asLarge += 1 }
    }
    return Double(asLarge + 1) / Double(flips + 1)
  }
}
