import AssayModel
import DequeModule
import Synchronization

/// Runs the requests of a group commit; the queue knows neither SQL nor connections.
///
/// All calls come from one actor at a time, the leader.
protocol GroupExecutor: AnyObject, Sendable {
  associatedtype Request: Sendable

  /// Begins the transaction of a group.
  ///
  /// - Throws: `acquireTimedOut` or `queryTimedOut` if the deadline ended the wait.
  func begin(until deadline: MonotonicTime?) throws(StorageError)
  /// Runs one request inside the transaction.
  func run(_ request: Request) -> GroupRunResult
  /// Commits; the transaction is over, regardless of the result.
  func commit() -> GroupCommitResult
  /// Rolls back after all requests failed.
  func rollBack()
}

/// Result of one request inside the shared transaction.
enum GroupRunResult {
  case succeeded
  /// The request's own changes are undone; the transaction continues.
  case failed(any Error)
  /// The request ended the whole transaction: interrupt, FULL, IOERR, NOMEM, or its own ROLLBACK.
  case lostTransaction(any Error)
}

/// Result of committing the shared transaction.
enum GroupCommitResult {
  case committed
  /// Certainly rolled back, through no fault of any request: BUSY.
  case refused(StorageError)
  /// Certainly rolled back because of a request's changes: a deferred constraint.
  case rejected(StorageError)
  /// The outcome cannot be known.
  case unknown(StorageError)
}

/// Statistics of the groups so far.
struct GroupCounts: Sendable {
  var groups: UInt64 = 0
  var requests: UInt64 = 0
  var largest = 0
  var reruns: UInt64 = 0
}

/// Group commit by leader and followers: the first caller runs all waiting requests in one
/// transaction, then hands the leadership to the first request that arrived meanwhile.
///
/// No request is reported as successful before the commit has returned. There is no writer thread:
/// an idle queue costs nothing, and a lone request pays no hand-over.
final class GroupQueue<Executor: GroupExecutor>: Sendable {
  /// Limits on the size and duration of a group.
  struct Rule: Sendable {
    /// Same as the measured C peer; beyond it the share of the commit in the cost no longer falls.
    var requests = 64
    /// A group that has run this long commits: its first request waits for its last.
    var time = Nanoseconds.milliseconds(5)
  }

  enum Phase {
    case queued
    /// Told to lead the next group; still the first request in the queue.
    case leading
    /// Taken into a group by a leader.
    case taken
    case settled((any Error)?)
  }

  final class Ticket: @unchecked Sendable {
    // Unchecked because `phase` changes: it is read and written only under the queue's mutex.

    let request: Executor.Request
    let token: ParkingToken
    /// The caller's own deadline, which also bounds the BEGIN of its group.
    let deadline: MonotonicTime?
    var phase = Phase.queued

    init(request: Executor.Request, token: ParkingToken, limit: WaitLimit) {
      self.request = request
      self.token = token
      if case .until(let deadline) = limit { self.deadline = deadline } else { deadline = nil }
    }
  }

  private struct State {
    var isLed = false
    var isClosed = false
    var queue: Deque<Ticket> = []
    var wait = WaitCounts()
    var groups = GroupCounts()
  }

  let executor: Executor
  let rule: Rule
  let environment: StorageEnvironment
  private let state = Mutex(State())

  init(executor: Executor, rule: Rule = Rule(), environment: StorageEnvironment) {
    self.executor = executor
    self.rule = rule
    self.environment = environment
  }

  /// Waits of requests for the start of their group or, for followers, for its end.
  var counts: WaitCounts { state.withLock { $0.wait } }

  /// Statistics of the groups so far.
  var groupCounts: GroupCounts { state.withLock { $0.groups } }

  /// Number of requests waiting for a group now.
  var waiting: Int { state.withLock { $0.queue.count } }

  /// Runs the request in some group; returns when that group has committed.
  ///
  /// The queue no longer references the request when this returns or throws.
  ///
  /// - Parameter limit: bounds the wait for the start of a group, not the group itself.
  /// - Throws: the request's own error, or a `StorageError` of the queue or the commit.
  func submit(_ request: Executor.Request, _ limit: WaitLimit) throws {
    let ticket = Ticket(
      request: request, token: environment.parking.currentToken(), limit: limit)
    let leads: Bool? = state.withLock { state in
      if state.isClosed { return nil }
      state.wait.acquisitions += 1
      if !state.isLed {
        state.isLed = true
        ticket.phase = .leading
        return true
      }
      state.queue.append(ticket)
      return false
    }
    guard let leads else { throw StorageError.closed }
    if leads {
      lead(ticket)
    } else {
      try follow(ticket, limit)
    }
    if case .settled(let error?) = state.withLock({ _ in ticket.phase }) { throw error }
  }

  /// Rejects waiting and future requests; a running group is finished.
  func close() {
    let tickets = state.withLock { state in
      state.isClosed = true
      let tickets = state.queue
      state.queue = []
      for ticket in tickets { ticket.phase = .settled(StorageError.closed) }
      return tickets
    }
    for ticket in tickets { environment.parking.unpark(ticket.token) }
  }

  private func lead(_ first: Ticket) {
    var group = GroupRun(queue: self, first: first)
    group.run()
  }

  private func follow(_ ticket: Ticket, _ limit: WaitLimit) throws(StorageError) {
    let start = environment.time.monotonicNow()
    let deadline = limit.deadline(from: start)
    // Once a leader has the request, its group bounds the wait; a deadline would only spin.
    var isTaken = false
    while true {
      do {
        try environment.parking.park(until: isTaken ? nil : deadline)
      } catch {
        if leaveStopped(ticket) { throw .stopped }
        continue
      }
      let now = environment.time.monotonicNow()
      let isLate = deadline.map { now >= $0 } ?? false
      switch state.withLock({ look(at: ticket, wait: now - start, isLate: isLate, in: &$0) }) {
      case .settled: return
      case .leading: return lead(ticket)
      case .taken: isTaken = true
      case .queued:
        if isLate { throw .acquireTimedOut(waited: now - start) }
        isTaken = false
      }
    }
  }

  private func look(
    at ticket: Ticket, wait: Nanoseconds, isLate: Bool, in state: inout State
  ) -> Phase {
    switch ticket.phase {
    case .settled, .leading: state.wait.add(wait: wait)
    case .taken: break
    case .queued:
      if isLate {
        state.wait.timeouts += 1
        state.wait.add(wait: wait)
        state.queue.removeAll { $0 === ticket }
      }
    }
    return ticket.phase
  }

  /// Leaves the queue if possible.
  ///
  /// A request must not be abandoned while a leader runs it: the leader still uses the caller's
  /// variables. The process is dead or ending as well, so the wait is short; a stopped actor's park
  /// lets others run.
  private func leaveStopped(_ ticket: Ticket) -> Bool {
    let (hasLeft, token) = state.withLock { state -> (Bool, ParkingToken?) in
      switch ticket.phase {
      case .queued:
        state.queue.removeAll { $0 === ticket }
        return (true, nil)
      case .leading: return (true, promote(in: &state))
      case .taken: return (false, nil)
      case .settled: return (true, nil)
      }
    }
    if let token { environment.parking.unpark(token) }
    return hasLeft
  }

  /// Moves waiting requests into a group.
  func drain(upTo count: Int) -> [Ticket] {
    guard count > 0 else { return [] }
    return state.withLock { state in
      let tickets = Array(state.queue.prefix(count))
      state.queue.removeFirst(tickets.count)
      for ticket in tickets { ticket.phase = .taken }
      return tickets
    }
  }

  /// Returns requests that a group had no time for to the front of the queue.
  func putBack(_ tickets: ArraySlice<Ticket>) {
    state.withLock { state in
      for ticket in tickets.reversed() {
        ticket.phase = state.isClosed ? .settled(StorageError.closed) : .queued
        if !state.isClosed { state.queue.prepend(ticket) }
      }
    }
    // Their deadlines apply again, so they must check them.
    for ticket in tickets { environment.parking.unpark(ticket.token) }
  }

  /// Delivers results and wakes the waiting callers.
  func settle(_ results: [(Ticket, (any Error)?)], group: Bool) {
    state.withLock { state in
      for (ticket, error) in results { ticket.phase = .settled(error) }
      guard group else { return }
      state.groups.groups += 1
      state.groups.requests += UInt64(results.count)
      state.groups.largest = max(state.groups.largest, results.count)
    }
    let own = environment.parking.currentToken()
    for (ticket, _) in results where ticket.token !== own {
      environment.parking.unpark(ticket.token)
    }
  }

  /// Counts a transaction rerun without the failed request.
  func countRerun() {
    state.withLock { $0.groups.reruns += 1 }
  }

  /// Ends the caller's leadership: the first waiting request leads next.
  func resign() {
    let token = state.withLock { promote(in: &$0) }
    if let token { environment.parking.unpark(token) }
  }

  private func promote(in state: inout State) -> ParkingToken? {
    guard let next = state.queue.popFirst() else {
      state.isLed = false
      return nil
    }
    next.phase = .leading
    return next.token
  }
}
