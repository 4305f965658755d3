import Glibc

/// Draws numbers of which a few are very frequent, like keys of a cache.
///
/// Number of rank r, from 1, has probability proportional to 1 / r^0.99: exactly for the first two,
/// within a fifth for the others, as usual for this method. Ranks are scattered over the
/// range, so that hot keys are not neighbours in the tree.
/// Source: Gray et al., "Quickly Generating Billion-Record Synthetic Databases" (1994), with the
/// exponent and the scattering of YCSB.
struct Zipfian: Sendable {
  private static let exponent = 0.99
  private let count: Int
  private let zeta: Double
  private let eta: Double

  /// - Parameter count: at least 1.
  /// - Complexity: O(count), at most a million steps, once.
  init(count: Int) {
    precondition(count > 0, "count is \(count), must be at least 1")
    self.count = count
    let theta = Self.exponent
    zeta = Self.zeta(count)
    let zetaOfTwo = 1 + 1 / pow(2, theta)
    eta = (1 - pow(2 / Double(count), 1 - theta)) / (1 - zetaOfTwo / zeta)
  }

  /// Returns the sum of 1 / r^theta for r in 1...count; beyond a million terms the integral over
  /// the rest with the trapezoidal correction, whose error is far below that of the sum.
  private static func zeta(_ count: Int) -> Double {
    let limit = min(count, 1_000_000)
    let sum = (1...limit).reduce(0.0) { $0 + 1 / pow(Double($1), exponent) }
    guard count > limit else { return sum }
    let (low, high) = (Double(limit), Double(count))
    let integral = (pow(high, 1 - exponent) - pow(low, 1 - exponent)) / (1 - exponent)
    return sum + integral + (pow(high, -exponent) - pow(low, -exponent)) / 2
  }

  /// Returns the rank that belongs to `unit`, 0 being the most frequent.
  ///
  /// - Parameter unit: in 0..<1.
  func rank(_ unit: Double) -> Int {
    let scaled = unit * zeta
    if scaled < 1 || count == 1 { return 0 }
    if scaled < 1 + pow(0.5, Self.exponent) { return 1 }
    let rank = Double(count) * pow(eta * unit - eta + 1, 1 / (1 - Self.exponent))
    return min(count - 1, max(0, Int(rank)))
  }

  /// Returns the number at a rank; different ranks may share one.
  func scattered(_ rank: Int) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for shift in stride(from: 0, to: 64, by: 8) {
      hash = (hash ^ (UInt64(rank) >> UInt64(shift) & 0xff)) &* 0x0000_0100_0000_01b3
    }
    return Int(hash % UInt64(count))
  }
}
