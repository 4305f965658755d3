/// The clocks and the sleep that storage and workloads are given, real or virtual.
///
/// Storage and workloads never ask the system for the time: they run unchanged in the simulation,
/// where a sleep moves virtual time and is a point at which another actor may run.
public protocol TimeSource: AnyObject, Sendable {
  /// The host-wide monotonic clock: durations, deadlines, histories.
  func monotonicNow() -> MonotonicTime

  /// The boot clock, which counts suspended time: lease deadlines.
  func bootNow() -> BootTime

  /// The wall clock: what people and other machines read.
  func wallNow() -> WallTime

  /// Blocks the calling actor until the monotonic clock reaches `deadline`.
  ///
  /// - Throws: `ActorStopped` when the actor's process is dead or its run has ended.
  func sleep(until deadline: MonotonicTime) throws(ActorStopped)
}

extension TimeSource {
  /// Blocks the calling actor for a span.
  public func sleep(for span: Nanoseconds) throws(ActorStopped) {
    try sleep(until: monotonicNow() + span)
  }
}

/// The actor may do nothing more: its (simulated) process has died, or its run was stopped.
///
/// Not a fault of storage; it unwinds the actor and is never retried.
public struct ActorStopped: Error, Equatable, Sendable {
  /// Creates the error.
  public init() {}
}
