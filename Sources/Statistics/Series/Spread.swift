/// The spread of values, and the correlation between neighbours.
public enum Spread {
  /// Returns the standard deviation, robustly: 1.4826 times the median distance from the median,
  /// which is the standard deviation if the values are normal.
  ///
  /// - Returns: 0 for fewer than 2 values.
  /// Source: Rousseeuw and Croux, Journal of the American Statistical Association 88 (1993).
  public static func robust(_ values: [Double]) -> Double {
    guard values.count >= 2 else { return 0 }
    let centre = SampleQuantile.median(sorted: values.sorted())
    return 1.4826 * SampleQuantile.median(sorted: values.map { abs($0 - centre) }.sorted())
  }

  /// Returns the standard deviation with n - 1; 0 of fewer than 2 values.
  public static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count >= 2 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Returns the correlation of each value with the one before it: 1 if it is the same, 0 if
  /// unrelated; 0 for fewer than 3 values or equal ones.
  ///
  /// Source: Box and Jenkins, "Time Series Analysis", 2.1.5, r at lag 1.
  public static func autocorrelation(_ values: [Double]) -> Double {
    guard values.count >= 3 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard squares > 0 else { return 0 }
    let products = zip(values, values.dropFirst()).reduce(0) {
      $0 + ($1.0 - mean) * ($1.1 - mean)
    }
    return products / squares
  }
}
