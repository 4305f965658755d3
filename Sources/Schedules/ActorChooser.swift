/// Chooses which actor takes the next step: what every strategy is, once it has its numbers.
///
/// All randomness of a schedule is in its chooser. It is asked before every step, at each call of
/// the file system layer, and so must not allocate.
public protocol ActorChooser: Sendable {
  /// Returns the actor that takes the next step.
  ///
  /// Asked in the order of steps. Steps of actors that unwind are not asked about, so that numbers
  /// of steps may be left out.
  ///
  /// - Returns: an element of `point.runnable`.
  mutating func next(at point: ChoicePoint) -> Int
}

/// What is known where an actor is chosen.
public struct ChoicePoint: Hashable, Sendable {
  /// The numbers of those that can run, ascending; at least one.
  public var runnable: [Int]
  /// Who took the last step, and may be able to go on or not; `nil` at the start of a run.
  public var current: Int?
  /// How many steps `current` has taken.
  public var ownSteps: Int
  /// How many steps all have taken, which is the number of the step that comes next.
  public var step: Int

  /// Describes a point.
  public init(runnable: [Int], current: Int?, ownSteps: Int, step: Int) {
    self.runnable = runnable
    self.current = current
    self.ownSteps = ownSteps
    self.step = step
  }

  /// Whether the last actor could go on, so that choosing another one is a preemption.
  public var canGoOn: Bool {
    guard let current else { return false }
    return runnable.contains(current)
  }

  /// Who runs when nobody is preempted: the last actor, or if it cannot, the next one in turn.
  public var undisturbed: Int { undisturbed(without: nil) ?? runnable[0] }

  /// As `undisturbed`, with one actor left out.
  ///
  /// - Returns: `nil` when nobody else can run.
  func undisturbed(without held: Int?) -> Int? {
    var lowest: Int?
    var following: Int?
    for actor in runnable where actor != held {
      if actor == current { return actor }
      if lowest == nil { lowest = actor }
      if following == nil, let current, actor > current { following = actor }
    }
    return following ?? lowest
  }
}
