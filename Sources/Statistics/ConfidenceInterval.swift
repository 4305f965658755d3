/// A range that holds the true value with a stated confidence.
///
/// A bound is infinite when the sample is too small for the confidence: nothing is known on that
/// side.
public struct ConfidenceInterval: Hashable, Sendable {
  /// Lower bound; minus infinity when nothing is known.
  public var lower: Double
  /// Upper bound; plus infinity when nothing is known.
  public var upper: Double
  /// Probability, before the sample is drawn, that the range will hold the true value: the
  /// one asked for, or what the method reaches with so few values.
  public var confidence: Double

  /// Creates an interval.
  public init(lower: Double, upper: Double, confidence: Double) {
    precondition(!(lower > upper), "lower bound \(lower) lies above upper bound \(upper)")
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// Whether a value lies in it, ends included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
