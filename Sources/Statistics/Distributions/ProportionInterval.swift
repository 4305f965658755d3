/// Bounds on a probability, given the number of successes in a number of trials.
public enum ProportionInterval {
  /// Returns the upper bound that the true probability exceeds with at most `1 - confidence`.
  ///
  /// Without a success it is `1 - (1 - confidence)^(1/trials)`, about 3 / trials at 95 %.
  ///
  /// - Parameters:
  ///   - successes: in `0...trials`.
  ///   - trials: at least 1.
  ///   - confidence: one-sided, in 0.5..<1.
  /// Source: Clopper and Pearson, Biometrika 26 (1934); the "rule of three": Hanley and
  /// Lippman-Hand, JAMA 249 (1983).
  public static func upperBound(
    successes: Int, trials: Int, confidence: Double = 0.95
  ) -> Double {
    check(successes, trials, confidence)
    if successes == trials { return 1 }
    return solve { probability in
      BinomialDistribution(trials: trials, probability: probability).atMost(successes)
        > 1 - confidence
    }
  }

  /// Returns the lower bound that the true probability undercuts with at most `1 - confidence`.
  ///
  /// Parameters and source as for `upperBound`.
  public static func lowerBound(
    successes: Int, trials: Int, confidence: Double = 0.95
  ) -> Double {
    check(successes, trials, confidence)
    if successes == 0 { return 0 }
    return solve { probability in
      BinomialDistribution(trials: trials, probability: probability).atLeast(successes)
        < 1 - confidence
    }
  }

  private static func check(_ successes: Int, _ trials: Int, _ confidence: Double) {
    precondition(trials >= 1, "\(trials) trials")
    precondition((0...trials).contains(successes), "\(successes) successes in \(trials) trials")
    precondition((0.5..<1).contains(confidence), "confidence \(confidence) lies outside 0.5..<1")
  }

  /// Returns the probability up to which `isBelow` holds, by bisection.
  private static func solve(_ isBelow: (Double) -> Bool) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if isBelow(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
