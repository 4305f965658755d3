import Platform
import Synchronization

/// Threads that are kept from run to run, because starting one costs as much as ten hand-overs.
final class ActorThreads: Sendable {
  private struct State {
    var idle: [ActorThread] = []
    var started = 0
  }

  private let core: Int?
  private let state = Mutex(State())

  /// Creates an empty pool.
  ///
  /// - Parameter core: number of the core that all threads stay on, so that a hand-over need not
  ///   wake another core; `nil` leaves that to the system.
  init(core: Int? = nil) {
    self.core = core
  }

  /// How many threads were started so far.
  var startedCount: Int { state.withLock { $0.started } }

  /// Returns a thread that waits for a body.
  ///
  /// - Throws: when the system has no thread left.
  func take() throws(PlatformError) -> ActorThread {
    let idle: ActorThread? = state.withLock { state in
      if state.idle.isEmpty { state.started += 1 }
      return state.idle.popLast()
    }
    if let idle { return idle }
    return try ActorThread.start(core: core)
  }

  /// Takes back a thread whose body has come to its end.
  func give(_ thread: ActorThread) {
    state.withLock { $0.idle.append(thread) }
  }

  deinit {
    // Without a body a turn is the thread's end.
    state.withLock { state in
      for thread in state.idle { thread.turn.post() }
    }
  }
}

/// A thread that runs one body after the other, each when it is given the turn.
final class ActorThread: @unchecked Sendable {
  // Unchecked because of `body`: it is set while the thread waits, and the post of the semaphore
  // makes it visible.

  let turn = Turn()
  private var body: (() -> Void)?

  private init() {}

  static func start(core: Int?) throws(PlatformError) -> ActorThread {
    let thread = ActorThread()
    _ = try SystemThread.start(name: "simulated") {
      if let core { ProcessorCore.stay(on: core) }
      thread.run()
    }
    return thread
  }

  /// Says what the thread does when it is given the turn; `nil` takes that back.
  func prepare(_ body: (() -> Void)?) {
    self.body = body
  }

  private func run() {
    repeat { turn.wait() } while runBody()
  }

  /// Runs what was prepared and lets go of it; `false` when nothing was.
  @inline(never)
  private func runBody() -> Bool {
    guard let body else { return false }
    self.body = nil
    body()
    return true
  }
}
