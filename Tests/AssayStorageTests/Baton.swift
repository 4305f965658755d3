import AssayModel
import Platform
import Synchronization

/// A simulated world for tests: real threads of which exactly one runs at a time, in an order drawn
/// from a seed, in virtual time that moves only when nobody can run.
///
/// Whoever runs holds the baton. It is passed on in park, sleep, join, `yield` and at the end.
final class Baton: TimeSource, Parking, Spawning {
  enum Condition {
    case ready
    case waiting(until: MonotonicTime?)
    case joining(BatonActor)
    case ended
  }

  struct State {
    var generator: SeededGenerator
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var actors: [BatonActor] = []
    var running: BatonActor?
    var parks = 0
    var handovers = 0
    var trace: [String] = []
    var deadlock: [String]?
    var isOver = false
    var owner: ParkingToken?
  }

  /// What one actor is called and does.
  typealias Role = (name: String, body: @Sendable () -> Void)

  /// Wall time at virtual time zero.
  static let wallOrigin: Int64 = 1_700_000_000_000

  private let real = SystemParking()
  private let threads = SystemThreads()
  private let state: Mutex<State>

  init(seed: UInt64) {
    state = Mutex(State(generator: SeededGenerator(Seed(seed))))
  }

  /// How often actors really waited.
  var parks: Int { state.withLock { $0.parks } }

  /// What the actors noted, in order.
  var trace: [String] { state.withLock { $0.trace } }

  /// The actors that waited for each other when nobody could run any more; `nil` is good.
  var deadlock: [String]? { state.withLock { $0.deadlock } }

  func note(_ text: String) {
    state.withLock { $0.trace.append(text) }
  }

  /// Starts the actors, lets them run to their end, and returns when the last one has ended.
  func run(_ bodies: [Role]) {
    let owner = real.currentToken()
    state.withLock { $0.owner = owner }
    for (name, body) in bodies { _ = spawn(name: name, body) }
    passOn()
    while !state.withLock({ $0.isOver }) { real.parkReal() }
  }

  /// Runs one body as the only actor and returns what it returned.
  func runAlone<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let result = Mutex<Result<Value, any Error>?>(nil)
    run([("alone", { result.withLock { $0 = Result(catching: body) } })])
    guard let result = result.withLock({ $0 }) else { throw ActorStopped() }
    return try result.get()
  }

  /// Lets another actor run, or nobody: a point at which the order may change.
  func yield() {
    block(.ready)
  }

  /// From now on the actor's parks and sleeps throw.
  func stop(_ name: String) {
    state.withLock { state in
      for actor in state.actors where actor.name == name {
        actor.isStopped = true
        if case .waiting = actor.condition { actor.condition = .ready }
      }
    }
  }

  // MARK: TimeSource

  func monotonicNow() -> MonotonicTime { state.withLock { $0.now } }

  func bootNow() -> BootTime { BootTime(nanoseconds: monotonicNow().nanoseconds) }

  func wallNow() -> WallTime {
    WallTime(milliseconds: Self.wallOrigin + Int64(monotonicNow().nanoseconds / 1_000_000))
  }

  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {
    block(isStopped ? .ready : .waiting(until: deadline), wakesEarly: false)
    if isStopped { throw ActorStopped() }
  }

  // MARK: Parking

  func currentToken() -> ParkingToken { current }

  func park(until deadline: MonotonicTime?) throws(ActorStopped) {
    let hasPermit = state.withLock { state in
      state.parks += 1
      guard let actor = state.running, actor.permit || actor.isStopped else { return false }
      actor.permit = false
      return true
    }
    // A stopped actor and one with a permit do not wait, but pass the baton on all the same.
    block(hasPermit ? .ready : .waiting(until: deadline))
    if isStopped { throw ActorStopped() }
  }

  func unpark(_ token: ParkingToken) {
    guard let actor = token as? BatonActor else {
      preconditionFailure("the token \(token) belongs to another Parking")
    }
    state.withLock { _ in
      if case .waiting = actor.condition, actor.wakesEarly {
        actor.condition = .ready
      } else {
        actor.permit = true
      }
    }
  }

  // MARK: Spawning

  func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> any SpawnedActor {
    let actor = BatonActor(name: name, baton: self)
    state.withLock { $0.actors.append(actor) }
    _ = threads.spawn(name: name) { [self] in
      let token = real.currentToken()
      state.withLock { _ in actor.thread = token }
      waitForTurn(actor)
      body()
      end(actor)
    }
    return actor
  }

  fileprivate func join(_ actor: BatonActor) {
    let hasEnded = state.withLock { _ in
      if case .ended = actor.condition { return true } else { return false }
    }
    if !hasEnded { block(.joining(actor)) }
  }

  // MARK: Passing the baton

  private var current: BatonActor {
    guard let actor = state.withLock({ $0.running }) else {
      preconditionFailure("called from outside the simulation")
    }
    return actor
  }

  private var isStopped: Bool { state.withLock { $0.running?.isStopped ?? false } }

  private func block(_ condition: Condition, wakesEarly: Bool = true) {
    let actor = current
    state.withLock { _ in
      actor.condition = condition
      actor.wakesEarly = wakesEarly
    }
    passOn()
    waitForTurn(actor)
  }

  private func waitForTurn(_ actor: BatonActor) {
    while !state.withLock({ $0.running === actor }) { real.parkReal() }
  }

  private func end(_ actor: BatonActor) {
    state.withLock { state in
      actor.condition = .ended
      for other in state.actors {
        if case .joining(let awaited) = other.condition, awaited === actor {
          other.condition = .ready
        }
      }
    }
    passOn()
  }

  private func passOn() {
    let token: ParkingToken? = state.withLock { state in
      state.handovers += 1
      state.running = state.chooseNext()
      state.isOver = state.running == nil
      return state.isOver ? state.owner : state.running?.thread
    }
    if let token { real.unpark(token) }
  }
}

extension Baton.State {
  /// Draws the next actor; moves time when nobody is ready; stops everybody at a deadlock.
  fileprivate mutating func chooseNext() -> BatonActor? {
    while true {
      let ready = actors.filter { if case .ready = $0.condition { true } else { false } }
      if !ready.isEmpty { return ready[generator.below(ready.count)] }
      let waiting = actors.filter { if case .waiting = $0.condition { true } else { false } }
      if waiting.isEmpty { return nil }
      let deadlines = waiting.compactMap { actor -> MonotonicTime? in
        if case .waiting(let deadline) = actor.condition { deadline } else { nil }
      }
      if let next = deadlines.min() {
        now = max(now, next)
      } else {
        deadlock = waiting.map(\.name)
        for actor in waiting { actor.isStopped = true }
      }
      for actor in waiting {
        if case .waiting(let deadline) = actor.condition, let deadline, deadline <= now {
          actor.condition = .ready
        }
        if actor.isStopped { actor.condition = .ready }
      }
    }
  }
}

/// One simulated actor: its thread, and what it waits for.
final class BatonActor: ParkingToken, SpawnedActor, @unchecked Sendable {
  // Unchecked because of the variables: they are used only under the baton's mutex.

  let name: String
  private let baton: Baton
  fileprivate(set) var condition = Baton.Condition.ready
  fileprivate var wakesEarly = true
  fileprivate var permit = false
  fileprivate var isStopped = false
  fileprivate var thread: ParkingToken?

  init(name: String, baton: Baton) {
    self.name = name
    self.baton = baton
  }

  func join() { baton.join(self) }
}

extension SystemParking {
  /// Parks the calling thread in real life; the real parking never throws.
  fileprivate func parkReal() {
    try? park(until: nil)
  }
}
