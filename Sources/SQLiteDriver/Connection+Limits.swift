public import AssayModel

extension Connection {
  /// Limits everything that `body` runs: a query past the deadline ends with INTERRUPT, a wait for
  /// a lock with BUSY, both with `cutShort` set.
  ///
  /// Inside another deadline, the earlier one applies. A query is checked every 1,000 operations of
  /// SQLite's virtual machine (about 10 us), so that a short one finishes even if it is late. A
  /// completed commit is never reported as interrupted.
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

  /// Deadline of the running work, if any.
  public var deadline: MonotonicTime? {
    core.deadline == .max ? nil : MonotonicTime(nanoseconds: core.deadline)
  }

  /// Sets the deadline of all later work, as `withDeadline`; `nil` removes it.
  public mutating func setDeadline(_ deadline: MonotonicTime?) {
    core.setDeadline(deadline?.nanoseconds ?? .max)
  }

  /// Limits each statement that `body` runs to `limit` operations of SQLite's virtual machine; a
  /// statement that needs more ends with INTERRUPT and `cutShort` set.
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

  /// Changes the behaviour if another connection is in the way.
  public mutating func setBusyPolicy(_ policy: BusyPolicy) {
    core.busyPolicy = policy
    core.installBusyHandler()
  }

  /// Behaviour if another connection is in the way.
  public var busyPolicy: BusyPolicy { core.busyPolicy }

  /// Sleeps of this connection's busy handler since it was opened.
  ///
  /// Sleeps of SQLite's own handler (`BusyPolicy.sqlite` without a deadline) can't be counted.
  public var busyWaits: Int { core.busyWaits }

  /// Nanoseconds slept in those waits.
  public var busyWaitNanoseconds: Int64 { core.busyWaitNanoseconds }
}
