import AssayModel
import CSQLite

// Callbacks are non-capturing and non-isolated: a closure of an isolated context would check its
// executor on every call, and trap on another thread.

private func busyCallback(_ context: UnsafeMutableRawPointer?, _ attempt: Int32) -> Int32 {
  guard let context = unsafe context else { return 0 }
  return unsafe ConnectionCore.from(context).waitForLock(attempt: Int(attempt)) ? 1 : 0
}

private func progressCallback(_ context: UnsafeMutableRawPointer?) -> Int32 {
  guard let context = unsafe context else { return 0 }
  return unsafe ConnectionCore.from(context).mustInterrupt() ? 1 : 0
}

extension ConnectionCore {
  /// Operations of SQLite's virtual machine between two readings of the clock.
  ///
  /// About 10 to 50 us of work, against 25 to 40 ns for reading the clock.
  private static var progressInterval: Int32 { 1_000 }

  /// Sets SQLite's busy handler.
  func installBusyHandler() {
    switch busyPolicy {
    case .none:
      _ = unsafe sqlite3_busy_handler(database, nil, nil)
    case .sqlite(let timeout) where !hasDeadlineHandlers:
      let milliseconds = Int32(clamping: timeout.millisecondsRoundedUp)
      _ = unsafe sqlite3_busy_timeout(database, milliseconds)
    case .sqlite, .fair:
      _ = unsafe sqlite3_busy_handler(database, busyCallback, context)
    }
  }

  /// Sets or removes the deadline of all later work.
  ///
  /// The handlers stay installed after the first deadline, so that setting one per operation costs
  /// one store instead of four calls.
  func setDeadline(_ nanoseconds: UInt64) {
    deadline = nanoseconds
    cutShort = nil
    guard nanoseconds != .max, !hasDeadlineHandlers else { return }
    hasDeadlineHandlers = true
    unsafe sqlite3_progress_handler(database, Self.progressInterval, progressCallback, context)
    installBusyHandler()
  }

  /// Limits the operations of each statement from now on; `nil` removes the limit.
  ///
  /// - Returns: the previous limit.
  @discardableResult
  func setStepLimit(_ limit: Int?) -> Int? {
    let before = stepLimit == .max ? nil : stepLimit
    limitSteps(limit ?? .max)
    stepsSinceTaken = 0
    if limit != nil, !hasDeadlineHandlers {
      unsafe sqlite3_progress_handler(database, Self.progressInterval, progressCallback, context)
    }
    return before
  }

  /// Sleeps before the next attempt at a lock.
  ///
  /// - Returns: `false` if SQLite must give up and return BUSY.
  func waitForLock(attempt: Int) -> Bool {
    let now = time.monotonicNow()
    if attempt == 0 {
      waitStarted = now
      cutShort = nil
    }
    guard let delay = delay(attempt: attempt, waited: now - waitStarted) else { return false }
    guard now.nanoseconds < deadline else {
      cutShort = .deadline
      return false
    }
    let end = min(now + delay, MonotonicTime(nanoseconds: deadline))
    do throws(ActorStopped) {
      try time.sleep(until: end)
    } catch {
      cutShort = .actorStopped
      return false
    }
    busyWaits += 1
    busyWaitNanoseconds += (time.monotonicNow() - now).rawValue
    return true
  }

  private func delay(attempt: Int, waited: Nanoseconds) -> Nanoseconds? {
    switch busyPolicy {
    case .none: nil
    case .sqlite(let timeout): BusyWait.sqliteDelay(attempt: attempt, timeout: timeout)
    case .fair(let timeout): BusyWait.fairDelay(waited: waited, timeout: timeout)
    }
  }

  /// Returns true if the running query has reached its deadline or its limit of operations.
  func mustInterrupt() -> Bool {
    if stepLimit != .max {
      stepsSinceTaken += Int(Self.progressInterval)
      if stepsSinceTaken > stepLimit, isRunning {
        cutShort = .stepLimit
        return true
      }
    }
    guard deadline != .max, time.monotonicNow().nanoseconds >= deadline, isRunning else {
      return false
    }
    cutShort = .deadline
    return true
  }

  /// True if a statement is still running.
  ///
  /// SQLite calls the progress handler once more after a statement has halted, its autocommit
  /// included; an interrupt then would report a failure of a write that is already durable.
  private var isRunning: Bool {
    var statement = unsafe sqlite3_next_stmt(database, nil)
    while let running = unsafe statement {
      if unsafe sqlite3_stmt_busy(running) != 0 { return true }
      unsafe statement = unsafe sqlite3_next_stmt(database, running)
    }
    return false
  }
}
