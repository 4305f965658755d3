import AssayModel
import DequeModule
import Synchronization

/// A lock with the throughput of barging and a bound on how long a waiter is overtaken.
///
/// Releasing it frees it and wakes the first waiter, but a running actor may take it again before
/// the waiter runs: that saves a context switch per operation. A waiter that has been first for
/// `turn`, or was overtaken `overtakes` times, is handed the lock directly. The clock of a waiter
/// starts when it becomes first, not when it arrives: otherwise, with many waiters, every grant
/// would be a hand-over and the lock a plain queue. So n waiters wait at most about n x (one turn +
/// one operation).
/// Source: the two modes of `sync.Mutex` in Go, with turns in place of its starvation mode.
final class FairQueue: Sendable {
  /// Limits after which the first waiter may no longer be overtaken.
  struct Rule: Sendable {
    /// About ten WAL commits: a hand-over (about 20 us) is then a small part of a turn. Measured
    /// with 16 threads under WAL NORMAL on two busy cores: turns of 1 ms, and 64 overtakes, had the
    /// same throughput and two to three times the longest wait.
    var turn = Nanoseconds.microseconds(250)
    /// The bound if time does not advance, as in a simulation, or commits are fast.
    var overtakes = 16
  }

  private enum Grant: Sendable { case lock, closed }

  private struct State {
    var isHeld = false
    var isClosed = false
    var waiters: Deque<Waiter<Grant>> = []
    /// True if the first waiter was unparked and has not checked yet: one wake-up at a time is
    /// enough.
    var firstIsWoken = false
    var firstSince = MonotonicTime(nanoseconds: 0)
    var firstOvertaken = 0
    var counts = WaitCounts()

    mutating func removeFirst(at now: MonotonicTime) -> Waiter<Grant>? {
      let waiter = waiters.popFirst()
      firstIsWoken = false
      firstSince = now
      firstOvertaken = 0
      return waiter
    }

    /// Claims the wake-up of the first waiter, unless one is already on its way.
    mutating func tokenToWake() -> ParkingToken? {
      guard !firstIsWoken, let first = waiters.first else { return nil }
      firstIsWoken = true
      return first.token
    }
  }

  private let rule: Rule
  private let environment: StorageEnvironment
  private let state: Mutex<State>

  /// Creates a free lock.
  init(rule: Rule = Rule(), environment: StorageEnvironment) {
    self.rule = rule
    self.environment = environment
    state = Mutex(State())
  }

  /// Counts and longest wait so far.
  var counts: WaitCounts { state.withLock { $0.counts } }

  /// Number of actors in the queue now.
  var waiting: Int { state.withLock { $0.waiters.count } }

  /// Takes the lock.
  ///
  /// - Throws: `acquireTimedOut` at the limit, `closed`, `stopped`.
  func lock(_ limit: WaitLimit) throws(StorageError) {
    let grant: Grant? = state.withLock { barge(into: &$0) }
    switch grant {
    case .lock: return
    case .closed: throw .closed
    case nil: try waitForLock(limit)
    }
  }

  /// Frees the lock, or hands it to the first waiter if its turn has come.
  func unlock() {
    let isQuiet = state.withLock { state in
      precondition(state.isHeld, "the lock is not held")
      if state.waiters.isEmpty { state.isHeld = false }
      return state.waiters.isEmpty
    }
    if isQuiet { return }
    // The clock is read only if there is a waiter, and outside the mutex.
    let now = environment.time.monotonicNow()
    let token: ParkingToken? = state.withLock { state in
      if isTurnOver(state, at: now), let waiter = state.removeFirst(at: now) {
        waiter.grant = .lock
        return waiter.token
      }
      state.isHeld = false
      return state.tokenToWake()
    }
    if let token { environment.parking.unpark(token) }
  }

  /// Rejects waiting and future callers; the present holder keeps the lock.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      for waiter in state.waiters { waiter.grant = .closed }
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { environment.parking.unpark(waiter.token) }
  }

  private func isTurnOver(_ state: State, at now: MonotonicTime) -> Bool {
    state.firstOvertaken >= rule.overtakes || now - state.firstSince >= rule.turn
  }

  private func barge(into state: inout State) -> Grant? {
    if state.isClosed { return .closed }
    guard !state.isHeld else { return nil }
    state.isHeld = true
    state.counts.acquisitions += 1
    if !state.waiters.isEmpty { state.firstOvertaken += 1 }
    return .lock
  }

  private func waitForLock(_ limit: WaitLimit) throws(StorageError) {
    let start = environment.time.monotonicNow()
    let deadline = limit.deadline(from: start)
    let waiter = Waiter<Grant>(token: environment.parking.currentToken())
    let grant: Grant? = state.withLock { state in
      if let grant = barge(into: &state) { return grant }
      if state.waiters.isEmpty {
        state.firstSince = start
        state.firstOvertaken = 0
        state.firstIsWoken = false
      }
      state.waiters.append(waiter)
      return nil
    }
    if let grant { return try accept(grant) }
    while true {
      do {
        try environment.parking.park(until: deadline)
      } catch {
        leaveStopped(waiter)
        throw .stopped
      }
      let now = environment.time.monotonicNow()
      let isLate = deadline.map { now >= $0 } ?? false
      let wait = now - start
      let (grant, token) = state.withLock { settle(waiter, at: now, wait, isLate, in: &$0) }
      if let token { environment.parking.unpark(token) }
      if let grant { return try accept(grant) }
      if isLate { throw .acquireTimedOut(waited: wait) }
    }
  }

  private func accept(_ grant: Grant) throws(StorageError) {
    switch grant {
    case .lock: return
    case .closed: throw .closed
    }
  }

  /// Takes a lock handed to the waiter, or the free lock if it is first, or leaves if it is late.
  private func settle(
    _ waiter: Waiter<Grant>, at now: MonotonicTime, _ wait: Nanoseconds, _ isLate: Bool,
    in state: inout State
  ) -> (Grant?, ParkingToken?) {
    let isFirst = state.waiters.first === waiter
    if isFirst { state.firstIsWoken = false }
    if waiter.grant == nil, isFirst, !state.isHeld {
      state.isHeld = true
      _ = state.removeFirst(at: now)
      waiter.grant = .lock
    }
    if let grant = waiter.grant {
      state.counts.acquisitions += 1
      state.counts.add(wait: wait)
      return (grant, nil)
    }
    guard isLate else { return (nil, nil) }
    state.counts.timeouts += 1
    state.counts.add(wait: wait)
    return (nil, remove(waiter, at: now, from: &state))
  }

  /// Removes a waiter from the queue; returns the token to wake if it was first and the lock is
  /// free.
  private func remove(
    _ waiter: Waiter<Grant>, at now: MonotonicTime, from state: inout State
  ) -> ParkingToken? {
    guard state.waiters.first === waiter else {
      state.waiters.removeAll { $0 === waiter }
      return nil
    }
    _ = state.removeFirst(at: now)
    return state.isHeld ? nil : state.tokenToWake()
  }

  /// Leaves the queue; passes on a lock that was handed over meanwhile.
  private func leaveStopped(_ waiter: Waiter<Grant>) {
    let now = environment.time.monotonicNow()
    let (grant, token) = state.withLock { state -> (Grant?, ParkingToken?) in
      if let grant = waiter.grant { return (grant, nil) }
      return (nil, remove(waiter, at: now, from: &state))
    }
    if let token { environment.parking.unpark(token) }
    if grant == .lock { unlock() }
  }
}
