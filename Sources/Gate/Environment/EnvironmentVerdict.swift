/// Verdict on the machine's fitness for a comparison.
public struct EnvironmentVerdict: Hashable, Codable, Sendable {
  /// Reasons against the machine, with numbers; empty if there are none.
  public var reasons: [String]
  /// True if more blocks can't change the verdict, such as after a change of the processor.
  public var isFinal: Bool

  /// Creates a verdict; valid by default.
  public init(reasons: [String] = [], isFinal: Bool = false) {
    self.reasons = reasons
    self.isFinal = isFinal
  }

  /// True if the machine was fit.
  public var isValid: Bool { reasons.isEmpty }
}
