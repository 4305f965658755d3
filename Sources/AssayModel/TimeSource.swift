/// Clocks and sleep for storage and workloads, real or virtual.
///
/// Storage and workloads never ask the system for the time: they run unchanged in the simulation,
/// where a sleep moves virtual time and is a point at which another actor may run.
public protocol TimeSource: AnyObject, Sendable {
  /// Reads the host-wide monotonic clock, used for durations, deadlines and histories.
  func monotonicNow() -> MonotonicTime

  /// Reads the boot clock, which counts suspended time, used for lease deadlines.
  func bootNow() -> BootTime

  /// Reads the wall clock, used for times shown to people and other machines.
  func wallNow() -> WallTime

  /// Blocks the calling actor until the monotonic clock reaches `deadline`.
  ///
  /// - Throws: `ActorStopped` if the actor's process is dead or its run has ended.
  func sleep(until deadline: MonotonicTime) throws(ActorStopped)
}

extension TimeSource {
  /// Blocks the calling actor for a span.
  public func sleep(for span: Nanoseconds) throws(ActorStopped) {
    try sleep(until: monotonicNow() + span)
  }
}

/// Error that ends an actor, which may do nothing more: its (simulated) process has died, or its
/// run was stopped.
///
/// Not a fault of storage; it unwinds the actor and is never retried.
public struct ActorStopped: Error, Equatable, Sendable {
  /// Creates the error.
  public init() {}
}
