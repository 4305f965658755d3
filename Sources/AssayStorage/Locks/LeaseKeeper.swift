public import AssayModel
import Synchronization

/// Renews a lease in the background and tells its holder when it must stop.
///
/// Renews a third of the TTL after the last renewal. `isHeld` and `check` also read the clock, so
/// that a holder that was paused detects a loss even before this actor runs again.
public final class LeaseKeeper: Sendable {
  /// Reason why the holder must stop.
  public enum Loss: Equatable, Sendable {
    /// The safety margin before the deadline was reached without a renewal.
    case safetyMarginReached
    /// Another owner has the lock, or the lease expired before the renewal.
    case leaseLost
  }

  private enum Phase {
    case keeping
    case lost(Loss)
    case stopped
  }

  private struct State {
    var lease: Lease
    var phase = Phase.keeping
    var renewals = 0
    var token: ParkingToken?
    var actor: (any SpawnedActor)?
  }

  private let locks: LeaseLocks
  private let onLoss: @Sendable (Loss) -> Void
  private let state: Mutex<State>

  /// Starts renewing; use `LeaseLocks.keep`.
  init(_ lease: Lease, of locks: LeaseLocks, onLoss: @escaping @Sendable (Loss) -> Void) {
    self.locks = locks
    self.onLoss = onLoss
    state = Mutex(State(lease: lease))
    // The actor keeps this object alive until it ends.
    let actor = environment.spawning.spawn(name: "lease-keeper") { self.run() }
    state.withLock { $0.actor = actor }
  }

  /// The lease with its latest deadline.
  public var lease: Lease { state.withLock { $0.lease } }

  /// Number of renewals so far.
  public var renewals: Int { state.withLock { $0.renewals } }

  /// True if the holder may begin protected work that is shorter than the safety margin.
  public var isHeld: Bool {
    let (lease, isKeeping) = state.withLock { state in
      if case .keeping = state.phase { (state.lease, true) } else { (state.lease, false) }
    }
    return isKeeping && environment.time.bootNow() < safeEnd(of: lease)
  }

  /// Checks `isHeld` before protected work begins.
  ///
  /// - Throws: `leaseLost`.
  public func check() throws(StorageError) {
    guard isHeld else { throw .leaseLost(lease.name) }
  }

  /// Stops renewing and waits for any renewal in progress; the lock stays taken until its deadline.
  public func stop() {
    let own = environment.parking.currentToken()
    let (token, actor) = state.withLock { state in
      if case .keeping = state.phase { state.phase = .stopped }
      return (state.token, state.actor)
    }
    if let token { environment.parking.unpark(token) }
    // Called from `onLoss`, it would wait for itself.
    if token !== own { actor?.join() }
  }

  /// Stops renewing and releases the lock.
  ///
  /// - Throws: as `LeaseLocks.unlock`.
  public func release(deadline: MonotonicTime? = nil) throws(StorageError) {
    stop()
    try locks.unlock(lease, deadline: deadline)
  }

  private var environment: StorageEnvironment { locks.database.environment }

  private func safeEnd(of lease: Lease) -> BootTime {
    lease.deadline + (Nanoseconds.zero - locks.safetyMargin)
  }

  private func run() {
    let token = environment.parking.currentToken()
    state.withLock { $0.token = token }
    let third = Nanoseconds(locks.ttl.rawValue / 3)
    // After a failed renewal; several attempts fit into the remaining time.
    let pause = Nanoseconds(max(locks.ttl.rawValue / 20, 1))
    var next = lease.deadline + (third - locks.ttl)
    while let lease = leaseToKeep() {
      let now = environment.time.bootNow()
      let end = safeEnd(of: lease)
      if now >= end { return lose(.safetyMarginReached) }
      do {
        if now < next {
          try environment.parking.park(
            until: environment.time.monotonicNow() + (min(next, end) - now))
          continue
        }
        let renewed = try locks.renew(
          lease, deadline: environment.time.monotonicNow() + (end - now))
        state.withLock { state in
          state.lease = renewed
          state.renewals += 1
        }
        next = renewed.deadline + (third - locks.ttl)
      } catch StorageError.leaseLost {
        return lose(.leaseLost)
      } catch StorageError.stopped {
        return
      } catch is ActorStopped {
        return
      } catch {
        next = environment.time.bootNow() + pause
      }
    }
  }

  private func leaseToKeep() -> Lease? {
    state.withLock { state in
      if case .keeping = state.phase { state.lease } else { nil }
    }
  }

  private func lose(_ loss: Loss) {
    let isNews = state.withLock { state in
      guard case .keeping = state.phase else { return false }
      state.phase = .lost(loss)
      return true
    }
    if isNews { onLoss(loss) }
  }
}

extension LeaseLocks {
  /// Renews a lease in the background until it is released, stopped or lost.
  ///
  /// - Parameter onLoss: called once, on the background actor, when the holder must stop.
  public func keep(
    _ lease: Lease, onLoss: @escaping @Sendable (LeaseKeeper.Loss) -> Void = { _ in }
  ) -> LeaseKeeper {
    LeaseKeeper(lease, of: self, onLoss: onLoss)
  }

  /// Takes a lock, keeps it renewed while `body` runs, and releases it.
  ///
  /// The body checks with its keeper before each piece of work, and checks the token in each
  /// protected write.
  ///
  /// - Throws: as `lock`, the body's own errors, and `lockNotHeld` if the body succeeded but the
  ///   lock was lost meanwhile.
  public func withLock<Value>(
    _ name: String, deadline: MonotonicTime? = nil, _ body: (LeaseKeeper) throws -> Value
  ) throws -> Value {
    let keeper = keep(try lock(name, deadline: deadline))
    let value: Value
    do {
      value = try body(keeper)
    } catch {
      try? keeper.release()
      throw error
    }
    try keeper.release()
    return value
  }
}
