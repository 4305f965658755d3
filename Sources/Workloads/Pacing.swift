public import AssayModel
import Glibc

/// Decides when an actor's next operation begins, and when its work is over.
///
/// Closed loop: immediately, or after the think time. Open loop: arrivals are fixed in advance by a
/// Poisson process and never move with completions, so that a slow operation makes the later ones
/// late instead of rare. Source: Tene, "How NOT to Measure Latency" (coordinated omission).
public struct Pacing: Sendable {
  /// The start of the next operation.
  public enum Next: Equatable, Sendable {
    /// Now; the first attempt is the intended start.
    case now
    /// At its arrival; may be in the past if the actor is behind.
    case arrival(MonotonicTime)
    /// No further operation.
    case over
  }

  /// Time after the end in which an overloaded open loop still works off its backlog. The rest is
  /// left out: the latencies show the overload, and understate it.
  private static let backlogLimit = Nanoseconds.seconds(5)

  private let until: MonotonicTime
  private let think: Nanoseconds
  private let meanGap: Double?
  private var remaining: Int?
  private var nextArrival: MonotonicTime
  private var generator: SeededGenerator
  private var isFirst = true

  /// Returns the time until which an operation's last attempt may begin: operations that arrived
  /// before the end are still performed, by the same rules as before it.
  public static func deadline(of load: LoadSettings, until: MonotonicTime) -> MonotonicTime {
    load.rate == .closed ? until : until + backlogLimit
  }

  /// Creates the pacing of one actor.
  ///
  /// - Parameters:
  ///   - actors: actors that share the load's rate and its number of operations; at least 1.
  ///   - index: which of them this is, in `0..<actors`.
  ///   - start: when actors begin.
  ///   - until: no operation begins at or after this time.
  ///   - seed: of the arrival process.
  public init(
    load: LoadSettings, actors: Int, index: Int, start: MonotonicTime, until: MonotonicTime,
    seed: Seed
  ) {
    precondition(index >= 0 && index < actors, "actor \(index) of \(actors)")
    self.until = until
    think = load.think
    nextArrival = start
    generator = SeededGenerator(seed)
    switch load.rate {
    case .closed: meanGap = nil
    case .perSecond(let rate):
      meanGap = 1e9 / (rate * Self.shareOfArrivals(load, actors: actors, index: index))
    case .ofCapacity, .highest:
      preconditionFailure("the rate \(load.rate) has not been resolved yet")
    }
    if case .operations(let total) = load.extent {
      remaining = total / actors + (index < total % actors ? 1 : 0)
    }
  }

  /// Returns one actor's share of the load's arrivals; writers come before readers in each process.
  private static func shareOfArrivals(_ load: LoadSettings, actors: Int, index: Int) -> Double {
    guard let readerShare = load.readerShare, load.writers > 0, load.readers > 0 else {
      return 1 / Double(actors)
    }
    let isReader = index % (load.writers + load.readers) >= load.writers
    return isReader
      ? readerShare / Double(load.processes * load.readers)
      : (1 - readerShare) / Double(load.processes * load.writers)
  }

  /// Waits for the next operation's start.
  ///
  /// - Parameter now: a recent reading, such as the end of the last operation: it saves a clock
  ///   call in a closed loop.
  /// - Throws: `ActorStopped` from the sleep.
  public mutating func next(
    after now: MonotonicTime, time: any TimeSource
  ) throws(ActorStopped) -> Next {
    if let remaining {
      guard remaining > 0 else { return .over }
      self.remaining = remaining - 1
    }
    if let meanGap {
      // Exponential gaps; 1 - u lies in (0, 1], so the logarithm is finite.
      let gap = -log(1 - generator.unit()) * meanGap
      // The gaps of a tiny rate exceed the largest span, or are infinite.
      nextArrival = nextArrival + Nanoseconds(gap < 9e18 ? Int64(gap) : .max)
      guard nextArrival < until, now < until + Self.backlogLimit else { return .over }
      if nextArrival > now { try time.sleep(until: nextArrival) }
      return .arrival(nextArrival)
    }
    var start = now
    if think > .zero, !isFirst {
      start = now + think
      guard start < until else { return .over }
      try time.sleep(until: start)
    }
    isFirst = false
    return start < until ? .now : .over
  }
}
