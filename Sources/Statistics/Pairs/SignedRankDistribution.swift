/// The distribution of the sum of the positive ranks if each sign is a fair coin.
///
/// Source: Wilcoxon, Biometrics 1 (1945); the recursion: Hollander, Wolfe and Chicken,
/// "Nonparametric Statistical Methods", 3.1, comment 5. With ties the ranks are the mean ranks that
/// the sample has, so the distribution is the one given those ties.
public struct SignedRankDistribution: Sendable {
  /// Probability of each sum of doubled ranks, so that mean ranks of ties are whole.
  private let probabilities: [Double]

  /// The distribution of ranks 1 to `count`.
  ///
  /// - Complexity: O(count^3), 42,000 additions for 50.
  public init(count: Int) {
    precondition(count >= 0, "\(count) ranks")
    self.init(doubledRanks: (0..<count).map { 2 * ($0 + 1) })
  }

  /// The distribution of any ranks, each given twice as large; zeros have no rank.
  init(doubledRanks: [Int]) {
    var table = [1.0]
    for rank in doubledRanks {
      var next = [Double](repeating: 0, count: table.count + rank)
      for (sum, probability) in table.enumerated() {
        next[sum] += probability / 2
        next[sum + rank] += probability / 2
      }
      table = next
    }
    probabilities = table
  }

  /// Returns the probability of a sum of at most `sum`.
  public func atMost(_ sum: Int) -> Double { atMost(doubled: 2 * sum) }

  /// Returns the probability of a sum of at least `sum`.
  public func atLeast(_ sum: Int) -> Double { atLeast(doubled: 2 * sum) }

  func atMost(doubled sum: Int) -> Double {
    sum < 0 ? 0 : min(1, probabilities.prefix(sum + 1).reduce(0, +))
  }

  func atLeast(doubled sum: Int) -> Double {
    // By symmetry, so that a small tail is a sum of small numbers.
    atMost(doubled: probabilities.count - 1 - sum)
  }

  /// Returns the largest sum that is not passed downwards with more than `tail`; `nil` when even 0
  /// is.
  func largest(withTailAtMost tail: Double) -> Int? {
    var seen = 0.0
    var found: Int?
    for sum in stride(from: 0, to: probabilities.count, by: 2) {
      seen += probabilities[sum] + (sum > 0 ? probabilities[sum - 1] : 0)
      // A sum of powers of two is exact; the allowance is for `tail` as people write it.
      guard seen <= tail * (1 + 1e-12) else { break }
      found = sum / 2
    }
    return found
  }
}
