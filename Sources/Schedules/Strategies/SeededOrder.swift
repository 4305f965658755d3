public import AssayModel

/// Chooses at random from a seed, each runnable actor being equally likely.
///
/// *Uniform* without stickiness, otherwise *sticky*. Not exhaustive.
public struct SeededOrder: ActorChooser {
  private var generator: SeededGenerator
  private let stickiness: Double

  /// Creates the order that belongs to a seed.
  ///
  /// - Parameter stickiness: probability that an actor that can continue does so without a draw.
  public init(_ seed: Seed, stickiness: Probability? = nil) {
    generator = SeededGenerator(seed)
    self.stickiness = stickiness?.value ?? 0
  }

  /// Draws, where there is a choice.
  public mutating func next(at point: ChoicePoint) -> Int {
    // No draw where there is no choice.
    if point.runnable.count == 1 { return point.runnable[0] }
    if stickiness > 0, let current = point.current, point.runnable.contains(current),
      generator.unit() < stickiness
    {
      return current
    }
    return point.runnable[generator.below(point.runnable.count)]
  }
}
