import AssayModel
import DequeModule
import Synchronization

/// What a group commit does with its requests; the queue knows neither SQL nor connections.
///
/// All calls come from one actor at a time, the leader.
protocol GroupExecutor: AnyObject, Sendable {
  associatedtype Request: Sendable

  /// Begins the transaction of a group.
  ///
  /// - Throws: `acquireTimedOut` or `queryTimedOut` when the deadline ended the wait.
  func begin(until deadline: MonotonicTime?) throws(StorageError)
  /// Runs one request inside the transaction.
  func run(_ request: Request) -> GroupRunResult
  /// Commits; the transaction is over, whatever the result.
  func commit() -> GroupCommitResult
  /// Rolls back after all requests failed.
  func rollBack()
}

/// What became of one request inside the shared transaction.
enum GroupRunResult {
  case succeeded
  /// Its own changes are undone; the transaction lives.
  case failed(any Error)
  /// It took the whole transaction with it: interrupt, FULL, IOERR, NOMEM, or its own ROLLBACK.
  case lostTransaction(any Error)
}

/// What became of the shared transaction.
enum GroupCommitResult {
  case committed
  /// Rolled back for certain, and no request is to blame: BUSY.
  case refused(StorageError)
  /// Rolled back for certain because of what some request did: a deferred constraint.
  case rejected(StorageError)
  /// Nobody knows.
  case unknown(StorageError)
}

/// What groups were like so far.
struct GroupCounts: Sendable {
  var groups: UInt64 = 0
  var requests: UInt64 = 0
  var largest = 0
  var reruns: UInt64 = 0
}

/// Group commit by leader and followers: whoever comes first runs the requests of all who wait, in
/// one transaction, then hands the leadership to the first who came meanwhile.
///
/// Nobody is told of success before the commit has returned. There is no writer thread: an idle
/// queue costs nothing, and a lone request pays no hand-over.
final class GroupQueue<Executor: GroupExecutor>: Sendable {
  /// How large a group may become.
  struct Rule: Sendable {
    /// As the measured C peer; beyond it the share of the commit in the cost no longer falls.
    var requests = 64
    /// A group that has run this long commits: the first of it wait for the last.
    var time = Nanoseconds.milliseconds(5)
  }

  enum Phase {
    case queued
    /// Told to lead the next group; still its first request.
    case leading
    /// In the hands of a leader.
    case taken
    case settled((any Error)?)
  }

  final class Ticket: @unchecked Sendable {
    // Unchecked because `phase` changes: it is read and written only under the queue's mutex.

    let request: Executor.Request
    let token: ParkingToken
    /// The caller's own deadline, which bounds the BEGIN of its group too.
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

  /// How long requests waited for the start of their group or, as followers, for its end.
  var counts: WaitCounts { state.withLock { $0.wait } }

  /// What groups were like so far.
  var groupCounts: GroupCounts { state.withLock { $0.groups } }

  /// How many requests wait for a group now.
  var waiting: Int { state.withLock { $0.queue.count } }

  /// Has the request run in some group; returns when that group has committed.
  ///
  /// The request is not referenced by the queue any more when this returns or throws.
  ///
  /// - Parameter limit: bounds the wait for the start of a group, not the group itself.
  /// - Throws: what the request threw, or a `StorageError` of the queue or the commit.
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

  /// Turns away all who wait or come later; a group that runs is finished.
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
    // Once a leader has the request its group bounds the wait; a deadline would only spin.
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

  /// Leaves the queue if that is possible.
  ///
  /// A request that a leader runs must not be left: the leader still uses the caller's variables.
  /// Its process is dead or ending as well, so the wait is short; a stopped actor's park lets
  /// others run.
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

  /// Puts requests that a group had no time for back to the front.
  func putBack(_ tickets: ArraySlice<Ticket>) {
    state.withLock { state in
      for ticket in tickets.reversed() {
        ticket.phase = state.isClosed ? .settled(StorageError.closed) : .queued
        if !state.isClosed { state.queue.prepend(ticket) }
      }
    }
    // Their deadline counts again, so they have to look.
    for ticket in tickets { environment.parking.unpark(ticket.token) }
  }

  /// Hands out results; those who wait wake up.
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

  /// Counts a transaction that was run again without its offender.
  func countRerun() {
    state.withLock { $0.groups.reruns += 1 }
  }

  /// Ends the leadership of the caller: the first who waits leads next.
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
