import AssayModel

/// Chooses which actor runs next, wherever more than one could.
///
/// The strategies of the exploration are such choosers; all randomness of a schedule is in them.
protocol ActorChooser: Sendable {
  /// Returns the actor that runs next.
  ///
  /// - Parameters:
  ///   - runnable: the numbers of those that can run, ascending; at least two.
  ///   - current: who ran last, which may be able to go on or not; `nil` at the start of a run.
  ///   - step: number of the step that comes next.
  /// - Returns: an element of `runnable`.
  mutating func next(runnable: [Int], current: Int?, step: Int) -> Int
}

/// Chooses at random from a seed, each runnable actor being equally likely.
struct SeededOrder: ActorChooser {
  private var generator: SeededGenerator
  private let stickiness: Double

  /// Creates the order that belongs to a seed.
  ///
  /// - Parameter stickiness: the chance that an actor that can go on does so without a draw.
  init(_ seed: Seed, stickiness: Probability? = nil) {
    generator = SeededGenerator(seed)
    self.stickiness = stickiness?.value ?? 0
  }

  mutating func next(runnable: [Int], current: Int?, step: Int) -> Int {
    if stickiness > 0, let current, runnable.contains(current), generator.unit() < stickiness {
      return current
    }
    return runnable[generator.below(runnable.count)]
  }
}
