import AssayModel

/// One leader's term: collects requests, runs them in one transaction, delivers the results.
struct GroupRun<Executor: GroupExecutor> {
  typealias Ticket = GroupQueue<Executor>.Ticket

  private let queue: GroupQueue<Executor>
  private var start: MonotonicTime
  private var pending: [Ticket]
  /// Result of each pending request in this transaction; shorter than `pending` until all have run.
  private var results: [(any Error)?] = []

  init(queue: GroupQueue<Executor>, first: Ticket) {
    self.queue = queue
    start = queue.environment.time.monotonicNow()
    pending = [first]
  }

  mutating func run() {
    // Requests already waiting share the outcome of this BEGIN; those that arrive during it do not.
    pending += queue.drain(upTo: queue.rule.requests - 1)
    while !pending.isEmpty { attempt() }
    queue.resign()
  }

  /// Begins, runs and commits; leaves in `pending` the requests that must run again.
  private mutating func attempt() {
    results = []
    start = queue.environment.time.monotonicNow()
    do throws(StorageError) {
      try queue.executor.begin(until: pending.compactMap(\.deadline).min())
    } catch {
      return failToBegin(error)
    }
    guard runAll() else { return queue.countRerun() }
    guard results.contains(where: { $0 == nil }) else {
      queue.executor.rollBack()
      return finish { $0 }
    }
    switch queue.executor.commit() {
    case .committed: finish { $0 }
    case .refused(let error), .unknown(let error): finish { $0 ?? error }
    case .rejected(let error):
      if pending.count == 1 { finish { $0 ?? error } } else { runApart() }
    }
  }

  /// Fails the requests whose deadline ended the wait; any other error goes to all requests.
  private mutating func failToBegin(_ error: StorageError) {
    let now = queue.environment.time.monotonicNow()
    func isLate(_ ticket: Ticket) -> Bool { ticket.deadline.map { now >= $0 } ?? false }
    let late = pending.filter(isLate)
    switch error {
    case .acquireTimedOut where !late.isEmpty, .queryTimedOut where !late.isEmpty:
      queue.settle(late.map { ($0, error) }, group: false)
      pending.removeAll(where: isLate)
    default: finish { _ in error }
    }
  }

  /// Runs the pending requests and those that arrive meanwhile; returns `false` if the transaction
  /// was lost.
  private mutating func runAll() -> Bool {
    while results.count < pending.count {
      let ticket = pending[results.count]
      switch queue.executor.run(ticket.request) {
      case .succeeded: results.append(nil)
      case .failed(let error): results.append(error)
      case .lostTransaction(let error):
        // The results of the others were rolled back with it, failures too: they may have been
        // caused by a row of the offender. All but the offender run again.
        pending.remove(at: results.count)
        queue.settle([(ticket, error)], group: false)
        return false
      }
      if queue.environment.time.monotonicNow() - start >= queue.rule.time {
        postponeRest()
      } else if results.count == pending.count {
        pending += queue.drain(upTo: queue.rule.requests - pending.count)
      }
    }
    return true
  }

  private mutating func postponeRest() {
    queue.putBack(pending[results.count...])
    pending.removeSubrange(results.count...)
  }

  /// Runs each request in a transaction of its own: one of them breaks a constraint at COMMIT, and
  /// only that one must fail.
  private mutating func runApart() {
    let tickets = pending
    for ticket in tickets {
      pending = [ticket]
      while !pending.isEmpty { attempt() }
    }
    pending = []
  }

  private mutating func finish(_ outcome: ((any Error)?) -> (any Error)?) {
    let outcomes = pending.enumerated().map { index, ticket in
      (ticket, outcome(index < results.count ? results[index] : nil))
    }
    pending = []
    queue.settle(outcomes, group: true)
  }
}
