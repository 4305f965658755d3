import AssayModel
import Schedules
import Testing

@testable import Runner

/// What the baton records is what it can be told to do again.
@Suite("Replay under the baton")
struct BatonReplayTests {
  private static let threads = ActorThreads()

  /// Actors that take steps, sleep, wait for each other, and of which one kills another's process.
  private static func play(
    _ schedule: ScheduleDescription, recording: ScheduleRecorder.Level = .choices
  ) -> SimulationReport {
    let baton = BatonTests.baton(seed: 0, threads: threads) { $0.recording = recording }
    baton.reset(chooser: schedule.makeChooser())
    let waiting = baton.add(name: "waiting", process: 0) {
      for _ in 0..<3 {
        _ = baton.reached(.read, .wal)
        try? baton.park(until: baton.now() + .milliseconds(1))
      }
    }
    baton.add(name: "waking", process: 1) {
      for step in 0..<8 {
        _ = baton.statementBoundary()
        if step % 3 == 0 { baton.unpark(waiting) }
      }
    }
    baton.add(name: "killing", process: 2) {
      for _ in 0..<4 { _ = baton.sleep(for: .microseconds(3)) }
      baton.kill(process: 1)
      for _ in 0..<4 { _ = baton.reached(.lock, .database) }
    }
    baton.add(name: "background", process: 0, isBackground: true) {
      while baton.sleep(for: .microseconds(4)) {}
    }
    return baton.run()
  }

  @Test("A recorded run is the same again from its runs and from its switches")
  func replay() {
    var digests: Set<ScheduleDigest> = []
    for number in 0..<40 {
      let seed = Seed(UInt64(number))
      let priorities = PrioritySchedule(seed: seed, depth: 3, estimatedSteps: 40)
      for schedule in [
        ScheduleDescription.uniform(seed), .priorities(priorities),
        .stall(Stall(actor: number % 4, ownSteps: number / 4)),
      ] {
        let report = Self.play(schedule)
        let record = report.schedule
        digests.insert(record.digest)
        #expect(record.runs.steps == report.steps)
        for form in [ScheduleDescription.runs(record.runs), .switches(record.switches)] {
          let again = Self.play(form)
          #expect(again == report, "\(form) from \(schedule)")
          #expect(form.misfit(of: again.schedule.runs) == nil)
        }
      }
    }
    #expect(digests.count > 60, "\(digests.count)")
  }

  @Test("A schedule of another program is reported with its step")
  func misfit() {
    let record = Self.play(.uniform(Seed(3))).schedule.runs
    let baton = BatonTests.baton(seed: 0) { $0.recording = .run }
    baton.reset(chooser: ReplayedOrder(record))
    baton.add(name: "alone", process: 0) { _ = baton.statementBoundary() }
    let misfit = record.misfit(of: baton.run().schedule.runs)
    #expect(misfit != nil)
    if case .otherActor(let step, _, let ran) = misfit { #expect(step < 3 && ran == 0) }
  }

  @Test(
    "Depth first gives out every order of the baton's steps", arguments: [(0, 2), (1, 4), (2, 6)])
  func depthFirst(bound: Int, count: Int) throws {
    var enumeration = DepthFirstEnumeration(preemptions: bound, limit: 99)
    var last: RecordedRun?
    var digests: Set<UInt64> = []
    while let schedule = try enumeration.next(after: last) {
      let baton = BatonTests.baton(seed: 0, threads: Self.threads) { $0.recording = .choices }
      baton.reset(chooser: schedule.makeChooser())
      // Two steps each: the call and the end.
      for name in ["a", "b"] {
        baton.add(name: name, process: 0) { _ = baton.statementBoundary() }
      }
      let report = baton.run()
      digests.insert(report.digest)
      last = report.schedule
    }
    #expect(digests.count == count)
    #expect(enumeration.coverage == ScheduleCoverage(given: count, total: count))
  }

  @Test("Without recording nothing is kept")
  func recordingIsOff() {
    #expect(Self.play(.uniform(Seed(1)), recording: .off).schedule == RecordedRun())
  }
}
