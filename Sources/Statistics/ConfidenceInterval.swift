/// A range that contains the true value with a stated confidence.
///
/// A bound is infinite if the sample is too small for the confidence: it does not limit the value
/// on that side.
public struct ConfidenceInterval: Hashable, Sendable {
  /// Lower bound; minus infinity if unknown.
  public var lower: Double
  /// Upper bound; plus infinity if unknown.
  public var upper: Double
  /// Probability, before the sample is drawn, that the range will contain the true value: the one
  /// requested, or the one that the method reaches with so few values.
  public var confidence: Double

  /// Creates an interval.
  public init(lower: Double, upper: Double, confidence: Double) {
    precondition(!(lower > upper), "lower bound \(lower) lies above upper bound \(upper)")
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// Returns true if a value lies in the interval, ends included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
