import AssayModel
import DequeModule
import Synchronization

/// A bounded number of equal resources, lent to actors in the order of their requests.
///
/// Resources are created when first needed, outside the mutex, and lent most recently used first,
/// so that a warm one is reused. A returned resource goes straight to the first waiter: no later
/// caller can take it. Source: the behaviour of `database/sql` in Go, `SetMaxOpenConns`.
final class ResourcePool<Resource: Sendable>: Sendable {
  private enum Grant: Sendable {
    case resource(Resource)
    /// The right to create one more resource.
    case slot
    case closed
  }

  private struct State {
    /// Most recently used last; the resource in the hot slot is not included.
    var idle: [Resource] = []
    /// Created or being created, lent or idle.
    var openCount = 0
    var waiters: Deque<Waiter<Grant>> = []
    var isClosed = false
    var counts = WaitCounts()
  }

  private let limit: Int
  private let idleLimit: Int
  private let environment: StorageEnvironment
  private let make: @Sendable () throws(StorageError) -> Resource
  private let state: Mutex<State>
  private let hot = HotSlot<Resource>()
  /// 0 while there are no waiters and the pool is open: only then may the hot slot be used without
  /// the mutex, so that no waiter is overtaken. Changed under the mutex only.
  private let gate = Atomic<Int>(0)

  /// Creates an empty pool.
  ///
  /// - Parameters:
  ///   - limit: maximum number of resources that exist at the same time; at least 1.
  ///   - idleLimit: maximum number of idle resources kept; at least 0.
  init(
    limit: Int, idleLimit: Int, environment: StorageEnvironment,
    make: @escaping @Sendable () throws(StorageError) -> Resource
  ) {
    precondition(limit >= 1, "limit is \(limit), must be at least 1")
    precondition(idleLimit >= 0, "idleLimit is \(idleLimit), must not be negative")
    self.limit = limit
    self.idleLimit = idleLimit
    self.environment = environment
    self.make = make
    state = Mutex(State())
  }

  /// Counts and longest wait so far.
  var counts: WaitCounts {
    var counts = state.withLock { $0.counts }
    counts.acquisitions += hot.count
    return counts
  }

  /// Number of actors in the queue now.
  var waiting: Int { state.withLock { $0.waiters.count } }

  /// Number of resources that exist now, lent ones included.
  var open: Int { state.withLock { $0.openCount } }

  /// Takes a resource; waits behind all earlier callers while none is free.
  ///
  /// - Throws: `acquireTimedOut` at the limit, `closed`, `stopped`, or the error of creating one.
  func acquire(_ limit: WaitLimit) throws(StorageError) -> Resource {
    if gate.load(ordering: .relaxed) == 0, case .taken(let resource) = hot.take() {
      return resource
    }
    return try acquireSlowly(limit)
  }

  /// Returns a resource to the pool.
  ///
  /// - Parameter isUsable: `false` closes it; a waiter may then create another one.
  func release(_ resource: Resource, isUsable: Bool) {
    if isUsable, idleLimit > 0, hot.put(resource, isAllowed: { isUncontended }) { return }
    releaseSlowly(resource, isUsable: isUsable)
  }

  private var isUncontended: Bool { gate.load(ordering: .sequentiallyConsistent) == 0 }

  /// Changes the state, and the gate with it.
  private func change<Result>(_ body: (inout State) -> Result) -> Result {
    state.withLock { state in
      defer {
        gate.store(
          state.isClosed ? -1 : state.waiters.count, ordering: .sequentiallyConsistent)
      }
      return body(&state)
    }
  }

  @inline(never)
  private func acquireSlowly(_ limit: WaitLimit) throws(StorageError) -> Resource {
    let grant = change { take(from: &$0) }
    if let grant { return try redeem(grant) }
    return try redeem(waitForGrant(limit))
  }

  @inline(never)
  private func releaseSlowly(_ resource: Resource, isUsable: Bool) {
    let token: ParkingToken? = change { state in
      if isUsable, let waiter = state.waiters.popFirst() {
        waiter.grant = .resource(resource)
        return waiter.token
      }
      if isUsable, !state.isClosed {
        // The hot slot counts as one idle place, whether it is full or not.
        if idleLimit > 0, hot.put(resource, isAllowed: { true }) { return nil }
        if state.idle.count < idleLimit - 1 {
          state.idle.append(resource)
          return nil
        }
      }
      return giveUpSlot(&state)
    }
    if let token { environment.parking.unpark(token) }
  }

  /// Closes idle resources and rejects waiting and future callers; lent resources are closed when
  /// they are returned.
  func close() {
    let waiters = change { state in
      state.isClosed = true
      for waiter in state.waiters { waiter.grant = .closed }
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { environment.parking.unpark(waiter.token) }
    // From here on only a put already in progress can fill the hot slot.
    let last = takeHotSurely()
    let idle = change { state in
      let idle = state.idle + [last].compactMap { $0 }
      state.openCount -= idle.count
      state.idle = []
      return idle
    }
    // Closing a connection may checkpoint, so the last references end here, outside the mutex.
    _ = consume idle
  }

  /// Takes the resource in the hot slot, or on its way into it; call it with the gate closed.
  private func takeHotSurely() -> Resource? {
    while true {
      switch hot.take() {
      case .taken(let resource): return resource
      case .empty: return nil
      case .claimed:
        // A few instructions, unless that thread has just lost its processor.
        try? environment.time.sleep(for: .microseconds(20))
      }
    }
  }

  private func take(from state: inout State) -> Grant? {
    if state.isClosed { return .closed }
    // A caller that finds a queue joins its end, even while a resource is briefly free.
    guard state.waiters.isEmpty else { return nil }
    if case .taken(let resource) = hot.take() { return .resource(resource) }
    if let resource = state.idle.popLast() {
      state.counts.acquisitions += 1
      return .resource(resource)
    }
    guard state.openCount < limit else { return nil }
    state.openCount += 1
    state.counts.acquisitions += 1
    return .slot
  }

  private func redeem(_ grant: Grant) throws(StorageError) -> Resource {
    switch grant {
    case .resource(let resource): return resource
    case .closed: throw .closed
    case .slot:
      do {
        return try make()
      } catch {
        let token = change { giveUpSlot(&$0) }
        if let token { environment.parking.unpark(token) }
        throw error
      }
    }
  }

  /// Passes the right to create a resource to the first waiter, if there is one.
  private func giveUpSlot(_ state: inout State) -> ParkingToken? {
    if let waiter = state.waiters.popFirst() {
      waiter.grant = .slot
      return waiter.token
    }
    state.openCount -= 1
    return nil
  }

  private func waitForGrant(_ limit: WaitLimit) throws(StorageError) -> Grant {
    let start = environment.time.monotonicNow()
    let deadline = limit.deadline(from: start)
    let waiter = Waiter<Grant>(token: environment.parking.currentToken())
    let grant: Grant? = change { state in
      // A resource may have been returned since the first check.
      if let grant = take(from: &state) { return grant }
      state.waiters.append(waiter)
      return nil
    }
    if let grant { return grant }
    // A resource put into the hot slot before the gate was closed belongs to the first waiter.
    if let resource = takeHotSurely() { releaseSlowly(resource, isUsable: true) }
    while true {
      do {
        try environment.parking.park(until: deadline)
      } catch {
        leaveStopped(waiter)
        throw .stopped
      }
      let now = environment.time.monotonicNow()
      let isLate = deadline.map { now >= $0 } ?? false
      let grant = change { settle(waiter, wait: now - start, isLate: isLate, in: &$0) }
      if let grant { return grant }
      if isLate { throw .acquireTimedOut(waited: now - start) }
    }
  }

  /// Takes the waiter's grant, or removes the waiter from the queue when its time is up.
  private func settle(
    _ waiter: Waiter<Grant>, wait: Nanoseconds, isLate: Bool, in state: inout State
  ) -> Grant? {
    if let grant = waiter.grant {
      state.counts.acquisitions += 1
      state.counts.add(wait: wait)
      return grant
    }
    if isLate {
      state.counts.timeouts += 1
      state.counts.add(wait: wait)
      state.waiters.removeAll { $0 === waiter }
    }
    return nil
  }

  /// Leaves the queue; passes on a grant made meanwhile.
  private func leaveStopped(_ waiter: Waiter<Grant>) {
    let grant: Grant? = change { state in
      state.waiters.removeAll { $0 === waiter }
      return waiter.grant
    }
    switch grant {
    case nil, .closed: break
    case .resource(let resource): release(resource, isUsable: true)
    case .slot:
      let token = change { giveUpSlot(&$0) }
      if let token { environment.parking.unpark(token) }
    }
  }
}
