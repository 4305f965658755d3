/// One actor that is held at one place.
public struct Stall: Hashable, Sendable {
  /// The condition under which the actor continues.
  public enum End: Hashable, Sendable {
    /// As soon as no other actor can run.
    case whenAlone
    /// Immediately after this number of steps. Before that it runs if no other actor can, but stays
    /// held.
    case afterSteps(Int)
  }

  /// Actor that is held.
  public var actor: Int
  /// Number of steps that it takes before.
  public var ownSteps: Int
  /// Condition under which it continues.
  public var end: End

  /// Describes a stall.
  public init(actor: Int, ownSteps: Int, end: End = .whenAlone) {
    self.actor = actor
    self.ownSteps = ownSteps
    self.end = end
  }
}

/// Preempts no actor, but holds one at one place.
public struct StallOrder: ActorChooser {
  private enum Phase {
    case before
    case holding(since: Int)
    case over
  }

  private let stall: Stall
  private var phase = Phase.before

  /// Creates the order with a stall.
  public init(_ stall: Stall) {
    self.stall = stall
  }

  /// Returns the actor that would run anyway, excluding the held one.
  public mutating func next(at point: ChoicePoint) -> Int {
    if case .before = phase, isReached(point) { phase = .holding(since: point.step) }
    guard case .holding(let since) = phase else { return point.undisturbed }
    if case .afterSteps(let count) = stall.end, point.step - since >= count {
      phase = .over
      return point.runnable.contains(stall.actor) ? stall.actor : point.undisturbed
    }
    if let other = point.undisturbed(without: stall.actor) { return other }
    if stall.end == .whenAlone { phase = .over }
    return stall.actor
  }

  private func isReached(_ point: ChoicePoint) -> Bool {
    if stall.ownSteps == 0 { return true }
    return point.current == stall.actor && point.ownSteps >= stall.ownSteps
  }
}
