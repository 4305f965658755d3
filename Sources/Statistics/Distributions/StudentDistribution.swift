/// Student's t distribution: a mean over its estimated standard error.
public enum StudentDistribution {
  /// Returns the probability of a value above `t`, or below `-t`.
  ///
  /// - Parameters:
  ///   - t: at least 0.
  ///   - freedom: degrees of freedom, above 0.
  /// Source: Abramowitz and Stegun 26.7.1, as an incomplete beta function.
  public static func outside(_ t: Double, freedom: Double) -> Double {
    precondition(t >= 0 && freedom > 0, "t \(t) with \(freedom) degrees of freedom")
    return IncompleteBeta.regularised(freedom / (freedom + t * t), a: freedom / 2, b: 0.5)
  }

  /// Returns the t that is passed on either side with probability `1 - confidence`.
  ///
  /// - Parameters:
  ///   - confidence: two-sided, in 0.5..<1.
  ///   - freedom: degrees of freedom, at least 1.
  public static func limit(confidence: Double, freedom: Double) -> Double {
    precondition((0.5..<1).contains(confidence), "confidence \(confidence) lies outside 0.5..<1")
    precondition(freedom >= 1, "\(freedom) degrees of freedom")
    var (low, high) = (0.0, 1.0)
    while outside(high, freedom: freedom) > 1 - confidence { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if outside(middle, freedom: freedom) > 1 - confidence { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
