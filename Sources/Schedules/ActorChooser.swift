/// Chooses the actor that takes the next step; every strategy becomes one once it has a seed.
///
/// All randomness of a schedule is in its chooser. It is called before every step, at each call of
/// the file system layer, and so must not allocate.
public protocol ActorChooser: Sendable {
  /// Returns the actor that takes the next step.
  ///
  /// Called in the order of steps. Steps of actors that unwind do not call it, so step numbers may
  /// have gaps.
  ///
  /// - Returns: an element of `point.runnable`.
  mutating func next(at point: ChoicePoint) -> Int
}

/// The state at the point where an actor is chosen.
public struct ChoicePoint: Hashable, Sendable {
  /// Numbers of the actors that can run, ascending; at least one.
  public var runnable: [Int]
  /// Actor that took the last step, able to continue or not; `nil` at the start of a run.
  public var current: Int?
  /// Number of steps taken by `current`.
  public var ownSteps: Int
  /// Number of steps taken by all actors, which is the number of the next step.
  public var step: Int

  /// Describes a point.
  public init(runnable: [Int], current: Int?, ownSteps: Int, step: Int) {
    self.runnable = runnable
    self.current = current
    self.ownSteps = ownSteps
    self.step = step
  }

  /// True if the last actor could continue, so that choosing another one is a preemption.
  public var canGoOn: Bool {
    guard let current else { return false }
    return runnable.contains(current)
  }

  /// Actor that runs without a preemption: the last one, or if it cannot, the next one in turn.
  public var undisturbed: Int { undisturbed(without: nil) ?? runnable[0] }

  /// As `undisturbed`, with one actor left out.
  ///
  /// - Returns: `nil` if no other actor can run.
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
