import AssayModel

/// Finds the takeovers of a lock from an owner that did not release it, and judges whether any came
/// before the lease had ended.
///
/// Takeovers that cannot be timed are left out, and counted: the old owner died while renewing, or
/// an actor died while acquiring in between, so the last renewal is unknown; or no actor requested
/// the lock before its lease had ended, so the time is no measure of recovery.
///
/// A lock that an actor waited for in vain, for longer than the cell's bound, is a violation
/// without a witness: a miss of speed, not of safety.
struct TakeoverFinder {
  /// Clocks are read in steps; a passage this much before the end of a lease is none too early.
  static let granularity = Nanoseconds.milliseconds(1)

  let context: CellContext
  private(set) var takeovers: [Takeover] = []
  private var untimed = 0
  private var unwanted = 0
  private var witnesses = Witnesses()
  private var neverFree: String?
  /// Processes that the harness started to plant a stale lock.
  private let planters: Set<Int>

  init(context: CellContext) {
    self.context = context
    planters = Set(context.record.faults.filter { $0.kind == .staleLock }.compactMap(\.process))
  }

  /// The answer of `recovery_time`, apart from bounds, which are judged over all repetitions.
  var result: CheckResult {
    var evidence = Words.count(takeovers.count, "takeover")
    let reentries = takeovers.count { $0.isReentry }
    if reentries > 0 { evidence += ", \(Words.grouped(reentries)) of them by re-entry" }
    if untimed > 0 { evidence += ", \(Words.grouped(untimed)) more that can't be timed" }
    if unwanted > 0 { evidence += ", \(Words.grouped(unwanted)) more without a waiter" }
    if !witnesses.isEmpty {
      return .violated(.recoveryTime, evidence: evidence, witness: witnesses.summary)
    }
    if let neverFree {
      return .violated(.recoveryTime, evidence: "\(evidence); \(neverFree)", witness: [])
    }
    if takeovers.isEmpty {
      return .unknown(
        .recoveryTime, evidence: evidence, reason: "no takeover was seen", sawNothing: true)
    }
    return .valid(.recoveryTime, evidence: evidence)
  }

  /// Goes through the sorted history of one lock.
  mutating func look(at lock: LockHistory.Lock, number: Int) {
    // A lock planted by a separate process is an acquisition like any other; only a row that the
    // harness wrote itself is missing from the history.
    let plants = context.record.faults
      .filter { $0.kind == .staleLock && $0.process == nil }
      .filter { Self.lockNumber(in: $0.target) == number }
      .map(\.injected).sorted()
    var previous: LockHistory.Acquisition?
    for next in lock.acquisitions {
      defer { previous = next }
      let planted = plants.last { plant in
        plant <= next.granted && plant > previous?.granted ?? MonotonicTime(nanoseconds: 0)
      }
      if let planted {
        let end = planted + context.cell.locks.ttl
        add(
          number, from: nil, to: next, lastRenewal: planted, leaseEnd: end, isReentry: false)
      } else if let previous {
        pass(lock, number, from: previous, to: next)
      }
    }
    if let previous { judgeEnd(lock, number, last: previous) }
  }

  private mutating func pass(
    _ lock: LockHistory.Lock, _ number: Int, from old: LockHistory.Acquisition,
    to new: LockHistory.Acquisition
  ) {
    guard old.actor != new.actor else { return }
    let isReleased = lock.releases(of: old.token).contains {
      $0.outcome != .failed && $0.invoked <= new.completed
    }
    if isReleased { return }
    let mayHaveBeenBetween =
      new.token > old.token + 1
      && lock.unknownAttempts.contains {
        $0.invoked <= new.completed && $0.latestEffect >= old.completed
      }
    let renewals = lock.renewals(of: old.token).filter { $0.invoked <= new.completed }
    let lease = lease(of: old, renewals)
    // A holder that was stopped inside its call may have returned after the next one.
    let isOutOfOrder = lease.renewed > new.completed
    if mayHaveBeenBetween || isOutOfOrder || renewals.contains(where: { !$0.isAcknowledged }) {
      untimed += 1
      return
    }
    add(
      number, from: planters.contains(Int(old.actor.process)) ? nil : old.actor, to: new,
      lastRenewal: lease.renewed, leaseEnd: lease.end, isReentry: isReentry(old.actor, new.actor))
  }

  /// Returns the start of the last renewal of a lease, and the time until which its holder could
  /// rely on it.
  private func lease(
    of holder: LockHistory.Acquisition, _ renewals: some Sequence<LockHistory.Renewal>
  ) -> (renewed: MonotonicTime, end: MonotonicTime) {
    let renewed = renewals.map(\.granted).reduce(holder.granted, max)
    let end = renewals.map(\.heldUntil).reduce(holder.heldUntil, max)
    return (renewed, end.nanoseconds == 0 ? renewed + context.cell.locks.ttl : end)
  }

  /// Finds a lock whose dead owner had no successor within the cell's bound.
  private mutating func judgeEnd(
    _ lock: LockHistory.Lock, _ number: Int, last: LockHistory.Acquisition
  ) {
    guard neverFree == nil, let limit, let wait = lock.lastWait,
      context.process(of: last.actor)?.wasKilled == true,
      lock.releases(of: last.token).allSatisfy({ $0.outcome == .failed })
    else { return }
    let lease = lease(of: last, lock.renewals(of: last.token))
    // An actor that died while acquiring may have had the lock after this lease, and left it stale.
    let mayHaveBeenAnother = lock.unknownAttempts.contains { $0.latestEffect >= lease.end }
    if mayHaveBeenAnother { return }
    let waited = wait.completed - lease.renewed
    guard wait.intended <= lease.end, Double(waited.rawValue) > limit else { return }
    neverFree =
      "lock \(number), last renewed by \(last.actor) \(context.text(lease.renewed)), was still "
      + "not free after \(Words.span(Double(waited.rawValue)))"
  }

  /// The highest recovery time that the cell allows, in nanoseconds, if it is bounded.
  private var limit: Double? {
    let rules = context.cell.expectations.first { $0.check == .recoveryTime }?.rules ?? []
    for case .bound(let bound) in rules.map(\.requirement) {
      return bound.max?.value(context.cell.value(of:))
    }
    return nil
  }

  private mutating func add(
    _ number: Int, from: ActorID?, to new: LockHistory.Acquisition, lastRenewal: MonotonicTime,
    leaseEnd: MonotonicTime, isReentry: Bool
  ) {
    if new.intended > leaseEnd {
      unwanted += 1
      return
    }
    let context = context
    takeovers.append(
      Takeover(
        lock: UInt64(number), from: from, to: new.actor, token: new.token,
        lastRenewal: lastRenewal, killed: from.flatMap { context.killed($0) },
        acquired: new.completed, isReentry: isReentry))
    guard !isReentry, new.completed + Self.granularity < leaseEnd else { return }
    witnesses.add(
      "lock \(number): \(new.actor) took it \(context.text(new.completed)), while the lease of "
        + "\(from.map { "\($0)" } ?? "the planted row") ran until \(context.text(leaseEnd))")
  }

  private func isReentry(_ old: ActorID, _ new: ActorID) -> Bool {
    guard old.process == new.process, new.incarnation > old.incarnation else { return false }
    guard let before = context.process(of: old), let after = context.process(of: new) else {
      return false
    }
    return before.owner == after.owner
  }

  /// Returns the last number in the words that name a fault's target, such as `lock 3`.
  static func lockNumber(in target: String) -> Int? {
    let digits = target.reversed().drop { !$0.isASCII || !$0.isNumber }
      .prefix { $0.isASCII && $0.isNumber }
    return Int(String(digits.reversed()))
  }
}
