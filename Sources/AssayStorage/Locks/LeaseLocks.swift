public import AssayModel
public import SQLiteDriver

/// Named locks with a lease, shared by the threads and processes that use one database.
///
/// A lock is a row with a deadline. A caller that finds no row, or an expired one, takes the lock;
/// every acquisition gets a higher token. Not re-entrant. Other libraries may use the same table
/// (certmagic-sqlite); their takeovers raise the tokens too. No lease guarantees mutual exclusion
/// by itself: see `Lease` and `checkFencing`.
public final class LeaseLocks: Sendable {
  /// Database that contains the table.
  public let database: Database
  /// Owner name under which locks are taken.
  public let ownerID: String
  /// Duration of a lease without renewal.
  public let ttl: Nanoseconds
  /// Time before its deadline at which a holder stops; larger than the drift of the clocks plus the
  /// longest protected transaction.
  public let safetyMargin: Nanoseconds
  /// Interval at which a waiter polls the database.
  public let pollInterval: Nanoseconds

  private let lines: LockLines
  private let turns = LockTurns()
  /// Number of consecutive COMMITs of unknown outcome after which the database, not the lock, is at
  /// fault.
  private static let unknownLimit = 3

  /// Prepares locks; creates the tables, or extends those of another library, if needed.
  ///
  /// - Parameters:
  ///   - ttl: at least 1 ms. certmagic-sqlite's default is 2 minutes, as here.
  ///   - safetyMargin: below `ttl`; by default a fifth of it.
  ///   - pollInterval: at least 1 ms.
  /// - Throws: `invalidConfiguration`, and as `Database.write`.
  public init(
    _ database: Database, owner: LockOwner = .random, ttl: Nanoseconds = .seconds(120),
    safetyMargin: Nanoseconds? = nil, pollInterval: Nanoseconds = .milliseconds(25)
  ) throws(StorageError) {
    let margin = safetyMargin ?? Nanoseconds(ttl.rawValue / 5)
    for (name, span) in [("ttl", ttl), ("pollInterval", pollInterval)]
    where span < .milliseconds(1) {
      throw .invalidConfiguration("\(name) is \(span.rawValue) ns, must be at least 1 ms")
    }
    guard margin >= .zero, margin < ttl else {
      throw .invalidConfiguration(
        "safetyMargin is \(margin.rawValue) ns, must lie between 0 and the TTL")
    }
    switch owner {
    case .random: ownerID = Self.randomOwner(database.environment.random)
    case .stable(let id):
      guard !id.isEmpty else { throw .invalidConfiguration("the stable owner has no name") }
      ownerID = id
    }
    self.database = database
    self.ttl = ttl
    self.safetyMargin = margin
    self.pollInterval = pollInterval
    lines = LockLines(database.environment)
    try Schema.createLockTables(in: database)
  }

  /// Takes a lock; waits while another owner holds it.
  ///
  /// Waiters of this process are served in order; those of different processes compete.
  ///
  /// - Parameter deadline: limit for the whole call, waits for the database included; `nil` waits
  ///   without limit.
  /// - Throws: `lockTimedOut` at the deadline, even if it lies in the past; `invalidKey`;
  ///   `stopped`; otherwise SQLite's error. After `commitOutcomeUnknown` the lock may be taken
  ///   until its TTL ends.
  public func lock(_ name: String, deadline: MonotonicTime? = nil) throws(StorageError) -> Lease {
    try check(name)
    guard !isPast(deadline) else { throw .lockTimedOut(name) }
    let place = try lines.enter(name, deadline: deadline)
    defer { lines.leave(place) }
    let acquisition = newAcquisition()
    var unknowns = 0
    while true {
      let delay: Nanoseconds
      do throws(StorageError) {
        switch try attempt(name, acquisition, deadline, isWaiting: true) {
        case .acquired(let row, let token): return lease(name, row, token)
        case .held(let remaining, _): delay = min(nextPoll(), max(remaining, .zero))
        // Longer than the poll interval of other processes, so that one of them polls first.
        case .wanted: delay = Nanoseconds(pollInterval.rawValue * 5 / 4)
        }
      } catch {
        try absorb(error, name, acquisition, unknowns: &unknowns)
        delay = nextPoll()
      }
      do throws(StorageError) {
        try wait(delay, name, deadline)
      } catch {
        if unknowns > 0 { forget(name, acquisition) }
        throw error
      }
    }
  }

  /// Takes a lock if it is free now.
  ///
  /// - Returns: `nil` while another owner holds it.
  /// - Throws: as `lock`, but BUSY of the database is an error here.
  public func tryLock(
    _ name: String, deadline: MonotonicTime? = nil
  ) throws(StorageError) -> Lease? {
    try check(name)
    guard !isPast(deadline) else { throw .lockTimedOut(name) }
    let acquisition = newAcquisition()
    var unknowns = 0
    while true {
      do throws(StorageError) {
        switch try attempt(name, acquisition, deadline, isWaiting: false) {
        case .acquired(let row, let token): return lease(name, row, token)
        case .held, .wanted: return nil
        }
      } catch {
        guard case .commitOutcomeUnknown = error else { throw error }
        try absorb(error, name, acquisition, unknowns: &unknowns)
      }
    }
  }

  /// Extends the deadline of a lease to one TTL from now.
  ///
  /// - Throws: `leaseLost` if it has expired or another owner has the lock: nothing is changed
  ///   then. After any other error the old deadline still applies.
  public func renew(_ lease: Lease, deadline: MonotonicTime? = nil) throws(StorageError) -> Lease {
    let environment = database.environment
    let renewed: Lease? = try converting {
      try database.write(deadline: deadline, begin: .immediate) { connection in
        let times = LockTimes(environment)
        let row = self.row(lease.ownerID, lease.acquisition, times)
        guard try LockTable.renew(lease.name, as: row, at: times, in: &connection) else {
          return nil
        }
        return self.lease(lease.name, row, lease.token)
      }
    }
    guard let renewed else { throw .leaseLost(lease.name) }
    return renewed
  }

  /// Releases a lock; a waiter of this process takes it immediately.
  ///
  /// - Throws: `lockNotHeld` if this acquisition no longer holds it: nothing is changed then.
  public func unlock(_ lease: Lease, deadline: MonotonicTime? = nil) throws(StorageError) {
    var unknowns = 0
    while true {
      do throws(StorageError) {
        let wasHeld = try converting {
          try database.writeStatement(deadline: deadline) {
            try LockTable.release(lease.name, acquisition: lease.acquisition, in: &$0)
          }
        }
        // After an unknown outcome, the missing row is the one that was deleted.
        guard wasHeld || unknowns > 0 else { throw .lockNotHeld(lease.name) }
        return lines.wakeFirst(lease.name)
      } catch {
        guard case .commitOutcomeUnknown = error else { throw error }
        unknowns += 1
        if unknowns == Self.unknownLimit { throw error }
      }
    }
  }

  /// Checks a lease inside the caller's own write transaction: the protected write follows in the
  /// same transaction.
  ///
  /// An expired lease passes if no other owner has taken the lock since: the transaction itself
  /// keeps others out until it ends.
  ///
  /// - Throws: `leaseLost`; the caller's transaction should end without a write.
  public func checkFencing(
    _ lease: Lease, in connection: inout Connection
  ) throws(StorageError) {
    let isCurrent = try converting { try LockTable.isCurrent(lease, in: &connection) }
    guard isCurrent else { throw .leaseLost(lease.name) }
  }

  /// Returns the state of a lock in the database; `nil` if it is not held.
  public func inspect(
    _ name: String, deadline: MonotonicTime? = nil
  ) throws(StorageError) -> LockStatus? {
    let environment = database.environment
    return try converting {
      try database.read(deadline: deadline) { connection in
        guard let row = try LockTable.row(name, in: &connection) else { return nil }
        return LockStatus(
          name: name, ownerID: row.ownerID, token: try LockTable.token(name, in: &connection),
          remaining: row.remaining(at: LockTimes(environment)),
          expiresAt: WallTime(milliseconds: row.expiresAt), bootID: row.bootID,
          process: row.acquisition == 0 ? nil : row.process, acquisition: row.acquisition)
      }
    }
  }

  /// Raises every token, including those of future locks, to at least `floor`.
  ///
  /// Use after a restore, which may bring old tokens back: raise them to at least the current Unix
  /// milliseconds. Earlier leases are fenced off.
  public func liftTokens(to floor: Int64) throws(StorageError) {
    try converting {
      try database.write(begin: .immediate) { try LockTable.liftTokens(to: floor, in: &$0) }
    }
  }

  /// Leaves a lock as a vanished owner would: for harnesses and tests.
  ///
  /// The present holder of the lock loses it.
  ///
  /// - Parameters:
  ///   - owner: owner named in the row.
  ///   - process: process named in the row.
  ///   - ttl: time from now until the row expires; negative for one that has expired.
  /// - Returns: the lease that the vanished owner would hold.
  @discardableResult
  public func plantStaleLock(
    name: String, owner: String, process: ProcessIdentity, ttl: Nanoseconds
  ) throws(StorageError) -> Lease {
    try check(name)
    let environment = database.environment
    let acquisition = newAcquisition()
    return try converting {
      try database.write(begin: .immediate) { connection in
        let row = LockRow(
          ownerID: owner, process: process, acquisition: acquisition, ttl: ttl,
          at: LockTimes(environment))
        let token = try LockTable.force(name, as: row, in: &connection)
        return self.lease(name, row, token)
      }
    }
  }
}

extension LeaseLocks {
  /// Runs one transaction that takes the lock or finds it held.
  ///
  /// - Parameter isWaiting: true if the caller will try again: the attempt may then yield to
  ///   another process whose turn it is, and records a wish for a lock that another process holds.
  private func attempt(
    _ name: String, _ acquisition: Int64, _ deadline: MonotonicTime?, isWaiting: Bool
  ) throws(StorageError) -> LockTable.Attempt {
    let environment = database.environment
    let now = environment.time.monotonicNow()
    // Two poll intervals of the others: most of a turn is work, and no process waits much longer
    // than a few turns.
    let turn = Nanoseconds(pollInterval.rawValue * 2)
    let yields = isWaiting && turns.isOver(name, after: turn, at: now)
    let wish = isWaiting ? Nanoseconds(pollInterval.rawValue * 5 / 2) : nil
    let result = try converting {
      try database.write(deadline: deadline, begin: .immediate) { connection in
        // The clocks are read here, under the database's write lock: waiting for it must neither
        // shorten the lease nor let an old reading steal one.
        let times = LockTimes(environment)
        let row = self.row(ownerID, acquisition, times)
        return try LockTable.take(
          name, as: row, at: times, host: environment.host, yields: yields, wish: wish,
          in: &connection)
      }
    }
    switch result {
    case .acquired: turns.granted(name, at: now)
    case .held(_, byThisProcess: true): break
    case .held(_, byThisProcess: false), .wanted: turns.ended(name)
    }
    return result
  }

  /// Ignores errors after which the next attempt can succeed.
  private func absorb(
    _ error: StorageError, _ name: String, _ acquisition: Int64, unknowns: inout Int
  ) throws(StorageError) {
    switch error {
    case .commitOutcomeUnknown:
      // The next attempt recognises its own acquisition if this one has committed.
      unknowns += 1
      if unknowns < Self.unknownLimit { return }
    case .acquireTimedOut, .queryTimedOut: return
    case _ where error.isBusy: return
    default: break
    }
    if unknowns > 0 { forget(name, acquisition) }
    throw error
  }

  /// Waits for a release in this process or for the delay.
  private func wait(
    _ delay: Nanoseconds, _ name: String, _ deadline: MonotonicTime?
  ) throws(StorageError) {
    let environment = database.environment
    let wake = environment.time.monotonicNow() + delay
    do {
      try environment.parking.park(until: deadline.map { min($0, wake) } ?? wake)
    } catch {
      throw .stopped
    }
    if isPast(deadline) { throw .lockTimedOut(name) }
  }

  /// Deletes the row that an attempt of unknown outcome may have left.
  private func forget(_ name: String, _ acquisition: Int64) {
    // The caller's time is up: one short attempt, and the TTL does the rest.
    let deadline = database.environment.time.monotonicNow() + pollInterval
    _ = try? database.writeStatement(deadline: deadline) {
      try LockTable.release(name, acquisition: acquisition, in: &$0)
    }
  }

  /// The poll interval, varied by up to a fifth, so that waiters do not poll in step.
  private func nextPoll() -> Nanoseconds {
    let spread = UInt64(pollInterval.rawValue * 2 / 5)
    let jitter = Int64(database.environment.random.next() % max(spread, 1))
    return Nanoseconds(pollInterval.rawValue - Int64(spread / 2) + jitter)
  }

  private func row(_ owner: String, _ acquisition: Int64, _ times: LockTimes) -> LockRow {
    LockRow(
      ownerID: owner, process: database.environment.host.ownProcess, acquisition: acquisition,
      ttl: ttl, at: times)
  }

  private func lease(_ name: String, _ row: LockRow, _ token: Int64) -> Lease {
    Lease(
      name: name, token: token, deadline: row.deadline, acquisition: row.acquisition,
      ownerID: row.ownerID)
  }

  private func check(_ name: String) throws(StorageError) {
    guard !name.isEmpty else { throw .invalidKey(name) }
  }

  private func isPast(_ deadline: MonotonicTime?) -> Bool {
    guard let deadline else { return false }
    return database.environment.time.monotonicNow() >= deadline
  }

  /// 63 random bits, never 0, which marks an acquisition of another library.
  private func newAcquisition() -> Int64 {
    Int64(truncatingIfNeeded: database.environment.random.next() >> 1) | 1
  }

  private static func randomOwner(_ random: any RandomSource) -> String {
    (0..<2).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
