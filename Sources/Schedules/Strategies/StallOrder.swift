/// One actor that is held at one place.
public struct Stall: Hashable, Sendable {
  /// When the actor goes on.
  public enum End: Hashable, Sendable {
    /// As soon as nobody else can run.
    case whenAlone
    /// After so many steps, and then at once. Before that it runs where nobody else can, but stays
    /// held.
    case afterSteps(Int)
  }

  /// Who is held.
  public var actor: Int
  /// How many steps it takes before.
  public var ownSteps: Int
  /// When it goes on.
  public var end: End

  /// Describes a stall.
  public init(actor: Int, ownSteps: Int, end: End = .whenAlone) {
    self.actor = actor
    self.ownSteps = ownSteps
    self.end = end
  }
}

/// Preempts nobody, but holds one actor at one place.
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

  /// Returns whoever would run anyway, without the one that is held.
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
