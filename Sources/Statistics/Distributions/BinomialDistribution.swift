import RealModule

/// The number of successes in `trials` independent trials, each with the same probability.
public struct BinomialDistribution: Hashable, Sendable {
  /// Number of trials, at least 0.
  public let trials: Int
  /// Probability that one succeeds, in 0...1.
  public let probability: Double

  /// Creates a distribution.
  public init(trials: Int, probability: Double) {
    precondition(trials >= 0, "\(trials) trials")
    precondition((0...1).contains(probability), "probability \(probability) lies outside 0...1")
    self.trials = trials
    self.probability = probability
  }

  /// Returns the probability of at most `successes`.
  ///
  /// Source: DLMF 8.17.5; the sum of the terms as an incomplete beta function.
  public func atMost(_ successes: Int) -> Double {
    if successes < 0 { return 0 }
    if successes >= trials { return 1 }
    return IncompleteBeta.regularised(
      1 - probability, a: Double(trials - successes), b: Double(successes) + 1)
  }

  /// Returns the probability of at least `successes`.
  public func atLeast(_ successes: Int) -> Double {
    if successes <= 0 { return 1 }
    if successes > trials { return 0 }
    return IncompleteBeta.regularised(
      probability, a: Double(successes), b: Double(trials - successes) + 1)
  }

  /// Returns the smallest number s for which at most s successes have at least probability `level`.
  ///
  /// - Complexity: O(log trials) evaluations of the incomplete beta function.
  public func quantile(_ level: Double) -> Int {
    precondition((0...1).contains(level), "level \(level) lies outside 0...1")
    var (low, high) = (0, trials)
    while low < high {
      let middle = (low + high) / 2
      if atMost(middle) >= level { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
