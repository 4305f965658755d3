import AssayModel
import Schedules
import Testing

@testable import Runner

/// The schedule by itself, without a thread.
@Suite("Schedule of actors")
struct BatonScheduleTests {
  /// Prefers the lowest number, as a strategy with priorities does.
  private struct Lowest: ActorChooser {
    func next(at point: ChoicePoint) -> Int { point.runnable[0] }
  }

  private static func schedule(
    actors: Int, chooser: any ActorChooser = Lowest(),
    change: (inout SimulationSettings) -> Void = { _ in }
  ) -> ActorSchedule {
    var settings = SimulationSettings()
    change(&settings)
    var schedule = ActorSchedule(settings, chooser: chooser)
    for number in 0..<actors {
      _ = schedule.add(name: "\(number)", process: number, isBackground: false)
    }
    return schedule
  }

  @Test("A sticky order changes the actor as often as its stickiness says")
  func stickiness() throws {
    for percent in [0, 50, 90, 100] {
      let stickiness = try #require(Probability(Double(percent) / 100))
      var order = SeededOrder(Seed(7), stickiness: stickiness)
      var current = 0
      var changes = 0
      for step in 0..<10_000 {
        let next = order.next(
          at: ChoicePoint(runnable: [0, 1, 2, 3], current: current, ownSteps: 0, step: step))
        if next != current { changes += 1 }
        current = next
      }
      // Of the draws a quarter gives the same actor.
      let expected = 10_000 * (100 - percent) / 100 * 3 / 4
      #expect(abs(changes - expected) < 300, "\(percent) %: \(changes) changes; seed 7")
    }
  }

  @Test("Every actor is equally likely in the seeded order")
  func uniformity() {
    var order = SeededOrder(Seed(8))
    var counts = [Int](repeating: 0, count: 10)
    for step in 0..<10_000 {
      let point = ChoicePoint(runnable: [2, 5, 7, 9], current: 2, ownSteps: 0, step: step)
      counts[order.next(at: point)] += 1
    }
    #expect(counts.enumerated().allSatisfy { [2, 5, 7, 9].contains($0) ? $1 > 2_300 : $1 == 0 })
  }

  @Test("The dead take turns before anybody else, but starve nobody for ever")
  func unwindingIsFair() {
    var schedule = Self.schedule(actors: 4)
    schedule.kill(process: 0)
    schedule.kill(process: 2)
    var runs = [0, 0, 0, 0]
    var current: Int?
    for step in 0..<ActorSchedule.dyingLimit + 400 {
      guard let next = schedule.next(after: current) else { break }
      schedule.step(next, .park)
      runs[next] += 1
      current = next
      if step == 99 { #expect(runs == [50, 0, 50, 0]) }
    }
    #expect(runs.allSatisfy { $0 > 50 }, "\(runs)")
  }

  @Test("Whoever is paused does not run until its time, whatever it waits for meanwhile")
  func pause() {
    var schedule = Self.schedule(actors: 3)
    let start = schedule.now
    schedule.pause(process: 0, until: start + .milliseconds(5))
    schedule.wait(1, .sleeping(until: start + .milliseconds(2)))
    schedule.pause(process: 1, until: start + .milliseconds(4))
    #expect(schedule.next(after: nil) == 2)
    schedule.wait(2, .sleeping(until: start + .milliseconds(3)))
    // The sleeper 1 is due at 2 ms, and sleeps on in its pause.
    #expect(schedule.next(after: 2) == 2)
    #expect(schedule.now == start + .milliseconds(3))
    schedule.wait(2, .parked(until: nil))
    #expect(schedule.next(after: 2) == 1)
    #expect(schedule.now == start + .milliseconds(4))
    schedule.end(1)
    #expect(schedule.next(after: 1) == 0)
    #expect(schedule.now == start + .milliseconds(5))
    schedule.unpark(2)
    schedule.end(0)
    #expect(schedule.next(after: 0) == 2)
  }

  @Test("Whoever is woken in its pause runs after it, and whoever is killed in it dies at once")
  func wokenInPause() {
    var schedule = Self.schedule(actors: 2)
    let start = schedule.now
    schedule.wait(0, .parked(until: nil))
    schedule.pause(process: 0, until: start + .milliseconds(5))
    schedule.unpark(0)
    #expect(schedule.next(after: 1) == 1)
    schedule.advance(by: .milliseconds(5))
    #expect(schedule.next(after: 1) == 0)
    schedule.pause(process: 1, until: start + .seconds(9))
    schedule.kill(process: 1)
    #expect(schedule.next(after: 0) == 1)
    #expect(schedule.now == start + .milliseconds(5))
  }

  @Test("A deadline that was left early does not move the time")
  func earlyWakeUp() {
    var schedule = Self.schedule(actors: 2)
    let start = schedule.now
    schedule.wait(0, .parked(until: start + .seconds(1)))
    schedule.wait(1, .sleeping(until: start + .seconds(9)))
    schedule.unpark(0)
    #expect(schedule.next(after: 1) == 0)
    #expect(schedule.now == start)
    schedule.wait(0, .parked(until: nil))
    #expect(schedule.next(after: 0) == 1)
    #expect(schedule.now == start + .seconds(9))
  }

  @Test("A time that has come wakes the sleeper while another one runs")
  func dueWhileOthersRun() {
    var schedule = Self.schedule(actors: 2) { $0.tick = .milliseconds(1) }
    schedule.wait(0, .sleeping(until: schedule.now + .milliseconds(3)))
    for _ in 0..<3 {
      #expect(schedule.next(after: 1) == 1)
      schedule.step(1, .statement)
    }
    #expect(schedule.next(after: 1) == 0)
  }

  @Test("A wait whose time has passed is no wait, and an actor asleep keeps its permit")
  func passedDeadlines() {
    var schedule = Self.schedule(actors: 2)
    schedule.wait(0, .parked(until: schedule.now))
    #expect(schedule.next(after: 1) == 0)
    schedule.wait(0, .sleeping(until: schedule.now + .seconds(1)))
    schedule.unpark(0)
    #expect(schedule.next(after: 1) == 1)
    schedule.end(1)
    #expect(schedule.next(after: 1) == 0)
    let permits = [schedule.takePermit(0), schedule.takePermit(0)]
    #expect(permits == [true, false])
  }

  @Test("Background actors may finish their call when all is done, but not wait any more")
  func backgroundEnds() {
    var schedule = Self.schedule(actors: 1)
    let background = schedule.add(name: "keeper", process: 0, isBackground: true)
    schedule.wait(background, .sleeping(until: schedule.now + .seconds(10)))
    schedule.end(0)
    #expect(schedule.next(after: 0) == background)
    #expect(schedule.isStopped(background) && !schedule.isCut(background))
    #expect(schedule.now < SimulationSettings().origin + .seconds(1))
    schedule.end(background)
    #expect(schedule.next(after: background) == nil)
    #expect(schedule.ending == .finished)
  }

  @Test("Two schedules with one different step have different digests")
  func digest() {
    func digest(_ steps: [(Int, StepKind)]) -> UInt64 {
      var schedule = Self.schedule(actors: 3)
      for (actor, kind) in steps { schedule.step(actor, kind) }
      return schedule.digest
    }
    let steps: [[(Int, StepKind)]] = [
      [(0, .statement), (1, .statement)], [(1, .statement), (0, .statement)],
      [(0, .statement), (0, .statement)], [(0, .park), (1, .statement)],
      [(0, .call(.read, .wal)), (1, .statement)], [(0, .call(.read, .database)), (1, .statement)],
      [(0, .call(.write, .wal)), (1, .statement)], [(0, .statement)], [],
    ]
    #expect(Set(steps.map(digest)).count == steps.count)
  }

  @Test("Every kind of step has a number of its own")
  func stepCodes() {
    let files: [FileKind?] = [nil] + FileKind.allCases
    let calls = VFSMethod.allCases.flatMap { method in
      files.map { StepKind.call(method, $0) }
    }
    let kinds = calls + [.statement, .park, .sleep, .join, .end]
    #expect(Set(kinds.map(\.code)).count == kinds.count)
  }
}
