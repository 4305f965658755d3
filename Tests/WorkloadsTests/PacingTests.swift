import AssayModel
import Testing
import Workloads

@Suite("Pacing")
struct PacingTests {
  private static let start = MonotonicTime(nanoseconds: 1_000_000_000)
  private static let hour = start + .seconds(3_600)

  /// The pacing of one actor under a load.
  private static func pacing(
    _ rate: LoadSettings.Rate = .closed, think: Nanoseconds = .zero,
    extent: LoadSettings.Extent = .duration(.seconds(3_600)), actors: Int = 1, index: Int = 0,
    until: MonotonicTime = hour, seed: UInt64 = 1
  ) -> Pacing {
    var load = LoadSettings(workload: .kv)
    load.rate = rate
    load.think = think
    load.extent = extent
    return Pacing(
      load: load, actors: actors, index: index, start: start, until: until, seed: Seed(seed))
  }

  /// The arrivals up to the end, or the first `limit`.
  ///
  /// - Parameter delay: how long after its arrival each operation ends.
  private static func arrivals(
    _ pacing: Pacing, limit: Int = .max, delay: Nanoseconds = .zero
  ) throws -> [MonotonicTime] {
    let clock = VirtualClock()
    var pacing = pacing
    var found: [MonotonicTime] = []
    var now = clock.monotonicNow()
    while found.count < limit, case .arrival(let arrival) = try pacing.next(after: now, time: clock)
    {
      found.append(arrival)
      now = max(clock.monotonicNow(), arrival) + delay
    }
    return found
  }

  @Test("A closed loop begins at once, and again with the end of the last operation")
  func closedLoopNeverWaits() throws {
    let clock = VirtualClock()
    var pacing = Self.pacing()
    for second in 0..<5 {
      let now = Self.start + .seconds(Int64(second))
      #expect(try pacing.next(after: now, time: clock) == .now)
    }
    #expect(clock.waits == 0)
    #expect(try pacing.next(after: Self.hour, time: clock) == .over)
  }

  @Test("Readers and writers arrive by their shares, and all of them at the load's rate")
  func roles() throws {
    var load = LoadSettings(workload: .kv)
    (load.processes, load.writers, load.readers) = (2, 1, 3)
    load.rate = .perSecond(1_000)
    load.readerShare = 0.9
    let until = Self.start + .seconds(20)
    let counts = try (0..<8).map { index in
      try Self.arrivals(
        Pacing(
          load: load, actors: 8, index: index, start: Self.start, until: until,
          seed: Seed(UInt64(index)))
      ).count
    }
    // 1,000 a second writer process, 3,000 a reader; five standard deviations of a Poisson count.
    for (index, count) in counts.enumerated() {
      let expected = index % 4 == 0 ? 1_000.0 : 3_000.0
      #expect(abs(Double(count) - expected) < 5 * expected.squareRoot(), "\(index): \(counts)")
    }
  }

  @Test("What arrived in an open loop may be tried after its end, in a closed one not")
  func deadlines() {
    var load = LoadSettings(workload: .kv)
    #expect(Pacing.deadline(of: load, until: Self.hour) == Self.hour)
    load.rate = .perSecond(5)
    #expect(Pacing.deadline(of: load, until: Self.hour) > Self.hour + .seconds(1))
  }

  @Test("The think time lies between two operations, not before the first one")
  func thinkTimeSeparatesOperations() throws {
    let clock = VirtualClock()
    var pacing = Self.pacing(think: .seconds(10))
    #expect(try pacing.next(after: Self.start, time: clock) == .now)
    #expect(clock.waits == 0)
    let end = Self.start + .seconds(3)
    #expect(try pacing.next(after: end, time: clock) == .now)
    #expect(clock.monotonicNow() == end + .seconds(10))
  }

  @Test("A think time that reaches beyond the end ends the actor without a sleep")
  func thinkTimeDoesNotOutlastTheRun() throws {
    let clock = VirtualClock()
    var pacing = Self.pacing(think: .seconds(10), until: Self.start + .seconds(10))
    #expect(try pacing.next(after: Self.start, time: clock) == .now)
    #expect(try pacing.next(after: Self.start, time: clock) == .over)
    #expect(clock.waits == 0)
  }

  @Test("Operations split over the actors add up to the number asked for", arguments: 1...9)
  func operationsAddUp(actors: Int) throws {
    for total in [1, 2, 7, 9, 100, 101] {
      let shares = try (0..<actors).map { index in
        var pacing = Self.pacing(extent: .operations(total), actors: actors, index: index)
        var count = 0
        while try pacing.next(after: Self.start, time: VirtualClock()) != .over { count += 1 }
        return count
      }
      #expect(shares.reduce(0, +) == total, "\(shares)")
      #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1, "\(shares)")
    }
  }

  @Test("Poisson arrivals have the mean gap and the spread that the rate says")
  func arrivalsAreExponential() throws {
    let count = 20_000
    let arrivals = try Self.arrivals(Self.pacing(.perSecond(1_000)), limit: count)
    let gaps = zip(arrivals, [Self.start] + arrivals).map { Double(($0 - $1).rawValue) }
    let mean = gaps.reduce(0, +) / Double(count)
    // Of an exponential distribution the deviation equals the mean; 4 sigma of sampling error.
    let tolerance = 4 / Double(count).squareRoot()
    #expect(abs(mean / 1e6 - 1) < tolerance, "mean gap \(mean) ns, seed 1")
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    // The variance of its square is eight times its fourth power.
    #expect(abs(variance / 1e12 - 1) < tolerance * 8.0.squareRoot(), "variance \(variance)")
    let long = Double(gaps.count { $0 > 1e6 }) / Double(count)
    #expect(abs(long - 0.367_879) < tolerance * 0.49, "\(long) of the gaps are above the mean")
  }

  @Test("The actors of an open loop share its rate")
  func actorsShareTheRate() throws {
    let until = Self.start + .seconds(10)
    let counts = try (0..<4).map { index in
      try Self.arrivals(
        Self.pacing(
          .perSecond(1_000), actors: 4, index: index, until: until, seed: UInt64(index + 10))
      ).count
    }
    let total = counts.reduce(0, +)
    #expect(abs(total - 10_000) < 400, "\(counts): 4 sigma are 400; seeds 10 to 13")
    for count in counts { #expect(abs(count - 2_500) < 200, "\(counts); seeds 10 to 13") }
  }

  @Test("Arrivals are a function of the seed")
  func arrivalsFollowFromTheSeed() throws {
    let one = try Self.arrivals(Self.pacing(.perSecond(100), seed: 5), limit: 100)
    #expect(try Self.arrivals(Self.pacing(.perSecond(100), seed: 5), limit: 100) == one)
    #expect(try Self.arrivals(Self.pacing(.perSecond(100), seed: 6), limit: 100) != one)
  }

  @Test("Slow operations move no arrival, and who is behind does not wait")
  func completionsMoveNothing() throws {
    let pacing = Self.pacing(.perSecond(100), seed: 5)
    let onTime = try Self.arrivals(pacing, limit: 200)
    #expect(try Self.arrivals(pacing, limit: 200, delay: .seconds(1)) == onTime)
    let clock = VirtualClock()
    var late = pacing
    for arrival in onTime {
      let next = try late.next(after: Self.hour, time: clock)
      #expect(next == .arrival(arrival))
    }
    #expect(clock.waits == 0)
  }

  @Test("An actor sleeps until its arrival, and no arrival lies at or beyond the end")
  func arrivalsAreWaitedForUntilTheEnd() throws {
    let clock = VirtualClock()
    let until = Self.start + .seconds(2)
    var pacing = Self.pacing(.perSecond(50), until: until, seed: 7)
    while case .arrival(let arrival) = try pacing.next(after: clock.monotonicNow(), time: clock) {
      #expect(clock.monotonicNow() == arrival)
      #expect(arrival < until)
    }
    #expect(clock.monotonicNow() < until)
  }

  @Test("A rate of one arrival in a thousand years is an end, not a trap")
  func rarestArrivals() throws {
    for rate in [1e-12, 1e-300, .leastNonzeroMagnitude] {
      var pacing = Self.pacing(.perSecond(rate))
      #expect(try pacing.next(after: Self.start, time: VirtualClock()) == .over)
    }
  }
}
