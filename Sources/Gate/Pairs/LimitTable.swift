import Statistics

/// Limits of all looks for each share of alpha that a question of a run may get.
///
/// Computed once per run, because each row takes a numerical integration.
public struct LimitTable: Hashable, Sendable {
  /// Number of pairs at each look, ascending.
  public let looks: [Int]
  /// Probability of a false finding in one direction, over all questions of the run.
  public let alpha: Double
  /// Number of questions that the run asks.
  public let questions: Int
  /// Rows of limits, indexed by the number of findings so far.
  private let rows: [[Double]]

  /// Computes the limits.
  ///
  /// - Parameters:
  ///   - looks: ascending, at least one, above 0.
  ///   - alpha: in 1e-6...0.25.
  ///   - questions: metrics times workloads, in 1...1,000.
  public init(looks: [Int], alpha: Double, questions: Int) {
    precondition((1...1_000).contains(questions), "\(questions) questions")
    self.looks = looks
    self.alpha = alpha
    self.questions = questions
    rows = (0..<questions).map { found in
      SequentialBounds(
        looks: looks, alpha: Holm.level(alpha: alpha, questions: questions, found: found)
      ).limits
    }
  }

  /// Returns the limit of the normal statistic at a look, counted from 0, after `found` findings.
  public func limit(look: Int, found: Int) -> Double { rows[min(found, questions - 1)][look] }

  /// Returns the limit of a closing look: the last one, taken early because the time is over.
  ///
  /// On the scale of the sums, all limits are the same number. An early end leaves the sum less
  /// room to reach that number than the missing pairs would have given, so it adds no false
  /// findings, as long as the event that ends the comparison does not depend on the pairs' results.
  ///
  /// - Parameter pairs: between the numbers of pairs at the first and at the last look.
  public func closingLimit(pairs: Int, found: Int) -> Double {
    let last = looks.count - 1
    return limit(look: last, found: found)
      * (Double(looks[last]) / Double(max(1, pairs))).squareRoot()
  }
}
