/// Lets an actor wait for another one: it parks, and the other one unparks it by its token.
///
/// The rules are those of `LockSupport.park` in Java: an unpark before the park is remembered (one
/// permit, never more), and a park may return without cause, so callers test their condition in a
/// loop. In the simulation, a park hands the baton to another actor.
public protocol Parking: AnyObject, Sendable {
  /// Returns the token by which others wake the calling actor; the same one for the actor's whole
  /// life.
  func currentToken() -> ParkingToken

  /// Blocks the calling actor until it is unparked or the monotonic clock reaches `deadline`.
  ///
  /// - Parameter deadline: `nil` waits without limit.
  /// - Throws: `ActorStopped` if the actor's process is dead or its run has ended.
  func park(until deadline: MonotonicTime?) throws(ActorStopped)

  /// Lets the actor behind `token` return from its park, or from its next one.
  ///
  /// Waking an actor that has ended does nothing.
  func unpark(_ token: ParkingToken)
}

/// Names one actor to `Parking.unpark`.
///
/// A class, so that a token outlives its actor safely; implementations subclass it.
open class ParkingToken: @unchecked Sendable {
  // Unchecked because the class is open; it has no state, and subclasses must be Sendable.

  /// Creates a token.
  public init() {}
}
