/// Whether the machine was fit to compare on.
public struct EnvironmentVerdict: Hashable, Codable, Sendable {
  /// What was wrong, with numbers; empty when nothing was.
  public var reasons: [String]
  /// Whether more blocks can't make it right, such as after a change of the processor.
  public var isFinal: Bool

  /// Creates a verdict; by default a good one.
  public init(reasons: [String] = [], isFinal: Bool = false) {
    self.reasons = reasons
    self.isFinal = isFinal
  }

  /// Whether the machine was fit.
  public var isValid: Bool { reasons.isEmpty }
}
