public import AssayModel

extension Connection {
  /// Limits everything that `body` runs: a query past the deadline ends with INTERRUPT, a wait for
  /// a lock with BUSY, both with `cutShort` set.
  ///
  /// Within another deadline the earlier one counts. A query is looked at every 1,000 operations of
  /// SQLite's virtual machine (some 10 us), so that a short one finishes even when it is late. A
  /// commit that has happened is never reported as interrupted.
  ///
  /// - Parameter deadline: `nil` adds no limit.
  @inlinable
  public mutating func withDeadline<T: ~Copyable, E: Error>(
    _ deadline: MonotonicTime?, _ body: (inout Connection) throws(E) -> T
  ) throws(E) -> T {
    let outer = self.deadline
    narrowDeadline(deadline)
    defer { setDeadline(outer) }
    return try body(&self)
  }

  /// The deadline of what runs now, if there is one.
  public var deadline: MonotonicTime? {
    core.deadline == .max ? nil : MonotonicTime(nanoseconds: core.deadline)
  }

  /// Sets the deadline of everything that runs from now on, as `withDeadline`; `nil` removes it.
  public mutating func setDeadline(_ deadline: MonotonicTime?) {
    core.setDeadline(deadline?.nanoseconds ?? .max)
  }

  /// Limits each statement that `body` runs to so many operations of SQLite's virtual machine; one
  /// that needs more ends with INTERRUPT and `cutShort` set.
  ///
  /// The same statement on the same content always ends at the same place. Counted in steps of
  /// 1,000.
  public mutating func withStepLimit<T, E: Error>(
    _ limit: Int, _ body: (inout Connection) throws(E) -> T
  ) throws(E) -> T {
    let before = core.setStepLimit(limit)
    defer { core.setStepLimit(before) }
    return try body(&self)
  }

  @usableFromInline
  mutating func narrowDeadline(_ deadline: MonotonicTime?) {
    guard let deadline else { return }
    core.setDeadline(min(core.deadline, deadline.nanoseconds))
  }

  /// Interrupts this connection's queries from any thread; does nothing once it is closed.
  public var interruptHandle: InterruptHandle { core.interruptHandle }

  /// Changes what happens when another connection is in the way.
  public mutating func setBusyPolicy(_ policy: BusyPolicy) {
    core.busyPolicy = policy
    core.installBusyHandler()
  }

  /// What happens when another connection is in the way.
  public var busyPolicy: BusyPolicy { core.busyPolicy }

  /// Sleeps of this connection's busy handler since it was opened.
  ///
  /// Those of SQLite's own handler (`BusyPolicy.sqlite` without a deadline) can't be counted.
  public var busyWaits: Int { core.busyWaits }

  /// Nanoseconds slept in those waits.
  public var busyWaitNanoseconds: Int64 { core.busyWaitNanoseconds }
}
