import AssayModel
import Synchronization

/// Virtual time for one thread that plays all actors: it moves only when somebody waits.
///
/// What is planned for a moment runs inside the sleep or park that crosses it, so one actor acts
/// while another one is in the middle of something, and always at the same place.
final class VirtualClock: TimeSource, Parking {
  private struct Plan {
    var at: MonotonicTime
    var body: @Sendable () -> Void
  }

  private struct State {
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var plans: [Plan] = []
    var hasPermit = false
    var isStopped = false
    var waits = 0
  }

  /// Wall time at virtual time zero.
  private static let wallOrigin: Int64 = 1_700_000_000_000

  private let token = ParkingToken()
  private let state = Mutex(State())

  /// How often somebody slept or parked.
  var waits: Int { state.withLock { $0.waits } }

  /// Runs `body` when a wait crosses the moment that lies `span` ahead.
  func after(_ span: Nanoseconds, _ body: @escaping @Sendable () -> Void) {
    state.withLock { state in
      state.plans.append(Plan(at: state.now + span, body: body))
      state.plans.sort { $0.at < $1.at }
    }
  }

  /// From now on every sleep and park throws.
  func stop() { state.withLock { $0.isStopped = true } }

  /// The time of a recorded event. Each takes a microsecond, so that no two share a tick.
  func stamp() -> MonotonicTime {
    state.withLock { state in
      state.now = state.now + .microseconds(1)
      return state.now
    }
  }

  // MARK: TimeSource

  func monotonicNow() -> MonotonicTime { state.withLock { $0.now } }

  func bootNow() -> BootTime { BootTime(nanoseconds: monotonicNow().nanoseconds) }

  func wallNow() -> WallTime {
    WallTime(milliseconds: Self.wallOrigin + Int64(monotonicNow().nanoseconds / 1_000_000))
  }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    try wait(until: deadline) { false }
  }

  // MARK: Parking

  func currentToken() -> ParkingToken { token }

  func park(until deadline: MonotonicTime?) throws(ActorStopped) {
    // Nobody else runs: without a limit and a plan the wait would never end.
    try wait(until: deadline) {
      self.state.withLock { state in
        defer { state.hasPermit = false }
        return state.hasPermit
      }
    }
  }

  func unpark(_ token: ParkingToken) { state.withLock { $0.hasPermit = true } }

  private func wait(
    until deadline: MonotonicTime?, isOver: () -> Bool
  ) throws(ActorStopped) {
    state.withLock { $0.waits += 1 }
    while !isOver() {
      guard !state.withLock({ $0.isStopped }) else { throw ActorStopped() }
      guard let plan = nextPlan(until: deadline) else {
        guard let deadline else { throw ActorStopped() }
        return state.withLock { $0.now = max($0.now, deadline) }
      }
      plan.body()
    }
  }

  /// Takes the next plan up to a moment and moves the time to it.
  private func nextPlan(until deadline: MonotonicTime?) -> Plan? {
    state.withLock { state in
      guard let first = state.plans.first else { return nil }
      if let deadline, first.at > deadline { return nil }
      state.now = max(state.now, first.at)
      return state.plans.removeFirst()
    }
  }
}
