/// The ranks between which a true quantile lies.
///
/// The number of n independent values below the true quantile is binomial(n, fraction), regardless
/// of their distribution.
/// Source: Conover, "Practical Nonparametric Statistics", 3.2; David and Nagaraja, "Order
/// Statistics", 7.1.
public struct QuantileRanks: Hashable, Sendable {
  /// Rank of the lower bound, from 1; `nil` when even the smallest value is no bound.
  public let lower: Int?
  /// Rank of the upper bound, up to the count; `nil` when even the largest value is no bound.
  public let upper: Int?
  /// Probability that the quantile lies between them; at least the one requested.
  public let confidence: Double

  /// Finds the narrowest ranks of which each is passed with at most half of `1 - confidence`.
  ///
  /// - Parameters:
  ///   - fraction: in 0...1.
  ///   - count: number of values, at least 0.
  ///   - confidence: in 0.5..<1.
  public init(fraction: Double, count: Int, confidence: Double) {
    precondition((0.5..<1).contains(confidence), "confidence \(confidence) lies outside 0.5..<1")
    let below = BinomialDistribution(trials: count, probability: fraction)
    let tail = (1 - confidence) / 2
    // The value of rank r lies above the quantile when fewer than r values lie below it.
    var low = below.quantile(tail)
    while low >= 1, below.atMost(low - 1) > tail { low -= 1 }
    while low < count, below.atMost(low) <= tail { low += 1 }
    var high = below.quantile(1 - tail) + 1
    while high <= count, below.atLeast(high) > tail { high += 1 }
    lower = low >= 1 ? low : nil
    upper = high <= count ? high : nil
    let missedBelow = lower.map { below.atMost($0 - 1) } ?? 0
    let missedAbove = upper.map { below.atLeast($0) } ?? 0
    self.confidence = 1 - missedBelow - missedAbove
  }
}
