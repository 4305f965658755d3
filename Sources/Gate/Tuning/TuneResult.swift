/// Result of a tuning; available at any time, so that an interrupted one has a best so far.
public struct TuneResult: Hashable, Codable, Sendable {
  /// Gain of a candidate over the default.
  public struct Gain: Hashable, Codable, Sendable {
    /// The candidate.
    public var candidate: TuneCandidate
    /// Gain as a share: 0.25 is 25 % better.
    public var gain: Double
    /// Lower bound of the gain; `nil` if unknown.
    public var lower: Double?
    /// Upper bound of the gain; `nil` if unknown.
    public var upper: Double?
    /// Number of common blocks behind the figure.
    public var blocks: Int
  }

  /// Recommended settings: the best of the confirmed ones that is significantly better than the
  /// default, otherwise the default; before the confirmation, the best so far.
  public var recommended: TuneCandidate
  /// True if the confirmation, which has its own seeds, was completed.
  public var isConfirmed: Bool
  /// Gains of the confirmed candidates over the default, best first; before the confirmation those
  /// of the survivors. Includes references.
  public var gains: [Gain]
  /// Gains of the recommended settings over each reference, in the order of the plan: 0.1 is 10 %
  /// better than the reference. References without common blocks are missing.
  public var overReferences: [Gain]
  /// Effect of each value of each knob, from the screening or, without one, from the race; empty
  /// while there are too few measurements.
  public var effects: [MainEffects.Effect]
  /// Knobs without a relevant effect.
  public var inert: [String]
  /// Disqualified candidates, with the reason.
  public var disqualified: [String]
  /// Blocks used, in blocks of full length.
  public var blocksUsed: Double
}
