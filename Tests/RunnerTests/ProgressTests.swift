import AssayModel
import Testing

@testable import Runner

@Suite("What a terminal shows while a run goes on")
struct ProgressTests {
  private let place = ProgressLine.Place(number: 3, total: 4, name: "delete 250ms")

  @Test("A load tells time left, rate, p99 and failures so far")
  func load() {
    let live = ProgressLine.Live(perSecond: 298, p99: 366_000_000, failures: 5)
    let line = ProgressLine.load(
      place, elapsed: .milliseconds(2_100), planned: .milliseconds(5_300), live: live,
      left: .seconds(9))
    #expect(
      line
        == "[3/4] delete 250ms   2.10 s of 5.30 s   298/s  p99 366 ms   5 failed   9 s left")
    let bare = ProgressLine.load(
      place, elapsed: .milliseconds(2_100), planned: nil, live: ProgressLine.Live(), left: nil)
    #expect(bare == "[3/4] delete 250ms   2.10 s   0.00/s  p99 -   0 failed")
  }

  @Test("An exploration tells its rate, how many are still wanted, and its findings")
  func exploration() {
    let line = ProgressLine.exploration(
      done: 6_400, wanted: 10_000, noun: "schedules", elapsed: .seconds(3), found: "1 finding")
    #expect(line == "6,400 of 10,000 schedules  2,133/s   1 finding   2 s left")
  }

  @Test("A long name leaves the numbers their place")
  func longName() {
    let long = ProgressLine.Place(number: 10, total: 48, name: String(repeating: "x", count: 60))
    #expect(long.text == "[10/48] \(String(repeating: "x", count: 19))...")
  }

  @Test("Time left counts the loads to come and what each cell took besides its load")
  func clock() throws {
    var clock = try #require(RunClock(planned: [.seconds(5), .seconds(5), .seconds(5)]))
    #expect(clock.left(elapsed: .zero) == .seconds(15))
    clock.finish(taking: .seconds(7))
    #expect(clock.left(elapsed: .seconds(1)) == .seconds(11))
    clock.finish(taking: .seconds(7))
    #expect(clock.left(elapsed: .seconds(9)) == .zero)
    #expect(RunClock(planned: [.seconds(1), nil]) == nil)
  }
}
