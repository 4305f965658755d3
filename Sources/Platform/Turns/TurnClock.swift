public import AssayModel

/// The clocks of a side that works in turns: its monotonic clock stops while others have the turn.
///
/// Boot and wall clock continue, because leases depend on them.
public final class TurnClock: TimeSource {
  let turns: SharedTurns
  let side: Int
  private let base = SystemTime()

  /// Creates the clocks of one side.
  public init(_ turns: SharedTurns, side: Int) {
    precondition((0..<turns.sides).contains(side), "side \(side) of \(turns.sides)")
    self.turns = turns
    self.side = side
  }

  /// Time at which the side's turn is over, on its own clock.
  var endOfTurn: MonotonicTime { own(turns.end(of: side)) }

  /// Returns the machine's monotonic clock minus the time in which others had the turn. Only valid
  /// for the side that has the turn: for any other it runs on and is set back at the next turn.
  public func monotonicNow() -> MonotonicTime { own(base.monotonicNow()) }

  /// Returns the boot clock of the machine.
  public func bootNow() -> BootTime { base.bootNow() }

  /// Returns the wall clock of the machine.
  public func wallNow() -> WallTime { base.wallNow() }

  /// Sleeps without giving up the turn: for waits inside an operation.
  public func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    try base.sleep(until: deadline + turns.offset(of: side))
  }

  private func own(_ time: MonotonicTime) -> MonotonicTime {
    time + Nanoseconds(-turns.offset(of: side).rawValue)
  }
}

/// The clock with which an actor waits between two operations, giving up the turn meanwhile.
public final class TurnPacing: TimeSource, @unchecked Sendable {
  // Unchecked because the turns of an actor are used by its own thread only.

  private let taker: TurnTaker
  private let clock: TurnClock

  /// Creates the clock of one actor.
  public init(_ taker: TurnTaker, _ clock: TurnClock) {
    self.taker = taker
    self.clock = clock
  }

  /// Returns the side's own monotonic clock.
  public func monotonicNow() -> MonotonicTime { clock.monotonicNow() }

  /// Returns the boot clock of the machine.
  public func bootNow() -> BootTime { clock.bootNow() }

  /// Returns the wall clock of the machine.
  public func wallNow() -> WallTime { clock.wallNow() }

  /// Sleeps until the side's clock has reached `deadline`, over as many turns as that takes.
  public func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    while clock.monotonicNow() < deadline {
      try clock.sleep(until: min(deadline, clock.endOfTurn))
      guard taker.pass(at: clock.monotonicNow()) else { throw ActorStopped() }
    }
  }
}
