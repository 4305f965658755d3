/// What a tuning found; at any time, so that an interrupted one has a best so far.
public struct TuneResult: Hashable, Codable, Sendable {
  /// A candidate against the default.
  public struct Gain: Hashable, Codable, Sendable {
    /// The candidate.
    public var candidate: TuneCandidate
    /// How much better it is, as a share: 0.25 is 25 % better.
    public var gain: Double
    /// Lower bound of that; `nil` when nothing is known.
    public var lower: Double?
    /// Upper bound of that; `nil` when nothing is known.
    public var upper: Double?
    /// Common blocks that it rests on.
    public var blocks: Int
  }

  /// What is recommended: the best of the confirmed ones that is surely better than the default,
  /// otherwise the default; before the confirmation, the best so far.
  public var recommended: TuneCandidate
  /// Whether the confirmation, with seeds of its own, was completed.
  public var isConfirmed: Bool
  /// The confirmed candidates against the default, best first; before the confirmation the
  /// survivors. References are among them.
  public var gains: [Gain]
  /// The recommended settings against each reference, in the order of the plan: a gain of 0.1 is
  /// 10 % better than the reference's own; without the blocks that they have in common, none.
  public var overReferences: [Gain]
  /// What each value of each knob did, from the screening, or without one from the race; empty
  /// while there are too few measurements.
  public var effects: [MainEffects.Effect]
  /// Knobs that did not matter.
  public var inert: [String]
  /// Candidates that were taken out, with the reason.
  public var disqualified: [String]
  /// Blocks used, in blocks of full length.
  public var blocksUsed: Double
}
