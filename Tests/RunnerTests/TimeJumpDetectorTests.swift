import AssayModel
import Testing

@testable import Runner

/// A clock that a test sets.
private final class PlantedClock {
  var monotonic: Int64 = 1_000_000_000
  var boot: Int64 = 5_000_000_000

  var reading: ClockReading {
    ClockReading(
      monotonic: MonotonicTime(nanoseconds: UInt64(monotonic)),
      boot: BootTime(nanoseconds: UInt64(boot)))
  }

  /// Both clocks go on.
  func pass(milliseconds: Int64) {
    monotonic += milliseconds * 1_000_000
    boot += milliseconds * 1_000_000
  }

  /// The machine sleeps: only the boot clock goes on.
  func suspend(milliseconds: Int64) {
    boot += milliseconds * 1_000_000
  }
}

@Suite("The detector of jumps of time")
struct TimeJumpDetectorTests {
  private let clock = PlantedClock()

  /// One wait of 100 ms during which `event` happens.
  private func wait(
    _ detector: inout TimeJumpDetector, _ event: (PlantedClock) -> Void
  ) -> TimeJump? {
    let now = clock.reading
    let before = detector.willWait(now, until: now.monotonic + .milliseconds(100))
    event(clock)
    let after = detector.didWake(clock.reading)
    #expect(before == nil || after == nil)
    return before ?? after
  }

  @Test("Waits that end on time, early or a little late are no jumps")
  func quiet() {
    var detector = TimeJumpDetector(limit: .seconds(1))
    for length: Int64 in [0, 1, 100, 101, 700, 1_100] {
      #expect(wait(&detector) { $0.pass(milliseconds: length) } == nil)
    }
    #expect(detector.lost == .zero)
  }

  @Test("A wait that ends late by more than the limit is a stop of what exceeds the planned wait")
  func stopped() throws {
    var detector = TimeJumpDetector(limit: .seconds(1))
    #expect(wait(&detector) { $0.pass(milliseconds: 100) } == nil)
    let from = clock.reading.monotonic
    let jump = try #require(wait(&detector) { $0.pass(milliseconds: 150_100) })
    #expect(
      jump
        == TimeJump(
          kind: .stopped, from: from, until: clock.reading.monotonic, length: .seconds(150)))
    #expect(detector.lost == .seconds(150))
    #expect(detector.stopped == .seconds(150))
    // It is over: the next wait is an ordinary one.
    #expect(wait(&detector) { $0.pass(milliseconds: 100) } == nil)
    #expect(detector.lost == .seconds(150))
  }

  @Test("A gain of the boot clock on the monotonic one is a suspension, which costs no patience")
  func suspended() throws {
    var detector = TimeJumpDetector(limit: .seconds(1))
    let jump = try #require(
      wait(&detector) { clock in
        clock.pass(milliseconds: 50)
        clock.suspend(milliseconds: 3_600_000)
        clock.pass(milliseconds: 50)
      })
    #expect(jump.kind == .suspended)
    #expect(jump.length == .seconds(3_600))
    #expect(detector.lost == .zero)
  }

  @Test("A suspension between two waits is noticed by the next one")
  func suspendedBetween() throws {
    var detector = TimeJumpDetector(limit: .seconds(1))
    #expect(wait(&detector) { $0.pass(milliseconds: 100) } == nil)
    clock.suspend(milliseconds: 5_000)
    let jump = try #require(wait(&detector) { $0.pass(milliseconds: 100) })
    #expect(jump.kind == .suspended)
    #expect(jump.length == .seconds(5))
  }

  @Test("Long work between two waits is no jump, but no worker loses patience by it")
  func work() {
    var detector = TimeJumpDetector(limit: .seconds(1))
    #expect(wait(&detector) { $0.pass(milliseconds: 100) } == nil)
    clock.pass(milliseconds: 7_000)
    #expect(wait(&detector) { $0.pass(milliseconds: 100) } == nil)
    #expect(detector.lost == .seconds(7))
    #expect(detector.stopped == .zero)
  }

  @Test("A wait for a time that has passed already is late only by what it lasts itself")
  func overdueDeadline() {
    var detector = TimeJumpDetector(limit: .seconds(1))
    let now = clock.reading
    _ = detector.willWait(now, until: MonotonicTime(nanoseconds: 1))
    clock.pass(milliseconds: 10)
    #expect(detector.didWake(clock.reading) == nil)
    #expect(detector.lost == .zero)
  }

  @Test("Two readings far apart are taken again: a stop between them is no suspension")
  func readingsApart() {
    let time = StutteringTime()
    let reading = ClockReading(time)
    let (boot, monotonic) = (reading.boot.nanoseconds, reading.monotonic.nanoseconds)
    #expect(max(boot, monotonic) - min(boot, monotonic) < 1_000_000_000)
  }
}

/// Clocks between whose first two readings the process is stopped for an hour.
private final class StutteringTime: TimeSource, @unchecked Sendable {
  // Unchecked: used by one test's thread.
  private var now: UInt64 = 1_000_000_000
  private var readings = 0

  private func next() -> UInt64 {
    readings += 1
    now += readings == 2 ? 3_600_000_000_000 : 100
    return now
  }

  func monotonicNow() -> MonotonicTime { MonotonicTime(nanoseconds: next()) }
  func bootNow() -> BootTime { BootTime(nanoseconds: next()) }
  func wallNow() -> WallTime { WallTime(milliseconds: 0) }
  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {}
}
