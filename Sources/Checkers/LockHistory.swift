import AssayModel

/// The history of the locks, stored per lock: the events of several actors come in no order, so
/// they are sorted only after all have been read.
///
/// Keeps about 64 bytes for each event of a lock.
struct LockHistory {
  /// One acknowledged acquisition.
  struct Acquisition {
    var actor: ActorID
    var token: UInt64
    var intended: MonotonicTime
    var invoked: MonotonicTime
    var completed: MonotonicTime
    /// Beginning of the lease, as read by storage.
    var granted: MonotonicTime
    /// Time until which its holder may rely on it, before any renewal.
    var heldUntil: MonotonicTime
  }

  /// One renewal that was acknowledged, or may have taken effect.
  struct Renewal {
    var token: UInt64
    var isAcknowledged: Bool
    var invoked: MonotonicTime
    var completed: MonotonicTime
    /// Beginning of the renewed lease, as read by storage.
    var granted: MonotonicTime
    var heldUntil: MonotonicTime
  }

  /// One attempt to release.
  struct Release {
    var token: UInt64
    var outcome: Event.Outcome
    var invoked: MonotonicTime
  }

  /// One protected write that was acknowledged.
  struct Write {
    var actor: ActorID
    var token: UInt64
    var nonce: UInt64
    var invoked: MonotonicTime
  }

  /// An acquisition with an unknown outcome.
  struct Attempt {
    var invoked: MonotonicTime
    var latestEffect: MonotonicTime
  }

  /// An acquisition that was given up.
  struct Wait {
    var intended: MonotonicTime
    var completed: MonotonicTime
  }

  /// The history of one lock.
  struct Lock {
    var acquisitions: [Acquisition] = []
    var renewals: [Renewal] = []
    var releases: [Release] = []
    var writes: [Write] = []
    var unknownAttempts: [Attempt] = []
    /// The one that was given up last.
    var lastWait: Wait?
  }

  /// By number of the lock.
  private(set) var locks: [Lock]
  /// Events of locks that the cell does not have.
  private(set) var strayEvents = 0

  init(lockCount: Int) {
    locks = Array(repeating: Lock(), count: lockCount)
  }

  mutating func see(_ event: Event, context: CellContext) {
    switch event.operation.kind {
    case .acquire, .renew, .release, .protectedWrite: break
    default: return
    }
    guard event.operation.subject < UInt64(locks.count) else {
      strayEvents += 1
      return
    }
    let number = Int(event.operation.subject)
    switch event.operation.kind {
    case .acquire: seeAcquire(event, number, context)
    case .renew where event.outcome != .failed:
      let completed = event.completed ?? context.latestEffect(of: event)
      locks[number].renewals.append(
        Renewal(
          token: event.operation.value, isAcknowledged: event.outcome == .ok,
          invoked: event.invoked, completed: completed,
          granted: Self.granted(event, completed: completed, context),
          heldUntil: MonotonicTime(nanoseconds: event.operation.extra)))
    case .release:
      locks[number].releases.append(
        Release(token: event.operation.value, outcome: event.outcome, invoked: event.invoked))
    case .protectedWrite where event.outcome == .ok:
      locks[number].writes.append(
        Write(
          actor: event.actor, token: event.operation.value, nonce: event.operation.extra,
          invoked: event.invoked))
    default: break
    }
  }

  /// Puts the events of every lock in order: acquisitions by token, the rest by token and time.
  mutating func sort() {
    for number in locks.indices {
      locks[number].acquisitions.sort { ($0.token, $0.completed) < ($1.token, $1.completed) }
      locks[number].renewals.sort { ($0.token, $0.completed) < ($1.token, $1.completed) }
      locks[number].releases.sort { ($0.token, $0.invoked) < ($1.token, $1.invoked) }
      locks[number].writes.sort { ($0.invoked, $0.token) < ($1.invoked, $1.token) }
    }
  }

  private mutating func seeAcquire(_ event: Event, _ number: Int, _ context: CellContext) {
    switch event.outcome {
    case .ok:
      guard let completed = event.completed else { return }
      locks[number].acquisitions.append(
        Acquisition(
          actor: event.actor, token: event.operation.value, intended: event.intended,
          invoked: event.invoked, completed: completed,
          granted: Self.granted(event, completed: completed, context),
          heldUntil: MonotonicTime(nanoseconds: event.operation.extra)))
    case .unknown:
      locks[number].unknownAttempts.append(
        Attempt(invoked: event.invoked, latestEffect: context.latestEffect(of: event)))
    case .failed:
      guard let completed = event.completed else { return }
      if let longest = locks[number].lastWait, longest.completed >= completed { return }
      locks[number].lastWait = Wait(intended: event.intended, completed: completed)
    }
  }

  /// Returns the beginning of the lease: the fourth word, or else the end of the lease minus its
  /// length. A time outside the call is not evidence (a clock may be wrong), and the end of the
  /// call is used instead.
  ///
  /// The end of the call alone would not be enough: a process that was stopped inside it returns
  /// late.
  private static func granted(
    _ event: Event, completed: MonotonicTime, _ context: CellContext
  ) -> MonotonicTime {
    let call = event.invoked...max(event.invoked, completed)
    let word = MonotonicTime(nanoseconds: event.operation.detail)
    if call.contains(word) { return word }
    let ttl = Nanoseconds(-context.cell.locks.ttl.rawValue)
    let start = MonotonicTime(nanoseconds: event.operation.extra) + ttl
    return call.contains(start) ? start : completed
  }
}

extension LockHistory.Lock {
  /// Returns the renewals of an acquisition in the order of their completion; needs a sorted
  /// history.
  func renewals(of token: UInt64) -> ArraySlice<LockHistory.Renewal> {
    let start = renewals.partitioningIndex { $0.token >= token }
    let end = renewals.partitioningIndex { $0.token > token }
    return renewals[start..<end]
  }

  /// Returns the attempts to release an acquisition in the order of their invocation; needs a
  /// sorted history.
  func releases(of token: UInt64) -> ArraySlice<LockHistory.Release> {
    let start = releases.partitioningIndex { $0.token >= token }
    let end = releases.partitioningIndex { $0.token > token }
    return releases[start..<end]
  }
}

extension Array {
  /// Returns the first index whose element fulfils a condition that, once true, stays true;
  /// `endIndex` when none does.
  func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
