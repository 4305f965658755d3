public import AssayModel

/// One actor of a side that works in turns. Used by one thread.
public final class TurnTaker {
  private let turns: SharedTurns
  private let side: Int
  private let clock: TurnClock
  private let goesOn: () -> Bool
  private var seen: UInt64 = 0
  private var hasTurn = false

  /// Creates the turns of an actor.
  ///
  /// - Parameter goesOn: called from time to time while it waits; `false` ends the wait for good.
  public init(_ clock: TurnClock, while goesOn: @escaping () -> Bool) {
    turns = clock.turns
    side = clock.side
    self.clock = clock
    self.goesOn = goesOn
  }

  /// Waits for the actor's first turn; `false` if it must not begin.
  public func enter() -> Bool {
    guard let granted = turns.awaitTurn(of: side, after: seen, while: goesOn) else {
      turns.leave(side, after: seen)
      return false
    }
    seen = granted
    hasTurn = true
    return true
  }

  /// Stops if the side's turn is over, and waits for the next one.
  ///
  /// Costs a load and a comparison while the turn is not over.
  /// - Parameter now: on the side's clock; a recent reading.
  /// - Returns: `false` if the actor must end.
  public func pass(at now: MonotonicTime) -> Bool {
    guard now >= clock.endOfTurn else { return hasTurn }
    turns.stop(side, hasEnded: false)
    hasTurn = false
    return enter()
  }

  /// Ends the actor's participation in turns.
  public func end() {
    guard hasTurn else { return }
    hasTurn = false
    turns.stop(side, hasEnded: true)
  }
}
