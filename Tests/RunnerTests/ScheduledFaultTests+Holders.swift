import AssayModel
import FaultVFS
import Schedules
import Testing
import Workloads

@testable import Runner

/// What happens to holders of leases, replays, and planted bugs.
extension ScheduledFaultTests {
  // MARK: Pauses

  @Test("A holder that slept through its lease is refused its write, and only fencing refuses it")
  func pausedHolder() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkPausedHolder() }
  }

  private static func pause(
    _ target: FaultSpecification.Target, at time: Nanoseconds, for span: Nanoseconds
  ) -> FaultSpecification {
    var fault = FaultSpecification(kind: .pause, target: target, trigger: .at(time))
    fault.duration = span
    return fault
  }

  private static func checkPausedHolder() throws {
    let pauses = [pause(.holder, at: .milliseconds(5), for: .milliseconds(120))]
    var refused = 0
    for outcome in try play(locks(pauses)) {
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      let pause = try #require(outcome.faults.first)
      let end = try #require(pause.recovered)
      let own = outcome.events.map(\.event).filter { Int($0.actor.process) == pause.process }
      #expect(own.allSatisfy { $0.invoked <= pause.injected || $0.invoked >= end })
      let others = outcome.events.map(\.event).filter { Int($0.actor.process) != pause.process }
      #expect(others.contains { $0.invoked > pause.injected && $0.invoked < end })
      refused += own.count { $0.operation.kind == .protectedWrite && $0.outcome != .ok }
    }
    #expect(refused > 10, "\(refused) writes were refused")
    let found = try play(locks(pauses) { $0.locks.fencing = false })
      .count { $0.violations.contains { $0.check == .mutualExclusion } }
    #expect(found > 10, "\(found) of 20 schedules")
  }

  // MARK: Clocks

  @Test("Clocks that are all too fast end the leases of others, a wall clock alone does not")
  func clocks() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkClocks() }
  }

  private static func checkClocks() throws {
    func violating(_ clocks: FaultSpecification.ClockChange.Clocks) throws -> Int {
      var fault = FaultSpecification(
        kind: .clock, target: .process(0), trigger: .at(.milliseconds(1)))
      var change = FaultSpecification.ClockChange()
      change.step = .seconds(5)
      change.clocks = clocks
      fault.clock = change
      return try play(locks([fault]) { $0.locks.fencing = false }).count { outcome in
        #expect(outcome.faults.map(\.kind) == [.clock])
        return outcome.violations.contains { $0.check == .mutualExclusion }
      }
    }
    let (wall, all) = (try violating(.wall), try violating(.all))
    #expect(wall == 0)
    #expect(all > 10, "\(all) of 20 schedules")
  }

  // MARK: Stale locks

  @Test("A lock that a dead process has left is taken when its lease has ended")
  func staleLock() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkStaleLock() }
  }

  private static func checkStaleLock() throws {
    let fault = FaultSpecification(
      kind: .staleLock, target: .process(0), trigger: .at(.zero))
    for outcome in try play(locks([fault])) {
      #expect(outcome.violations.isEmpty, "\(outcome.violations)")
      let left = try #require(outcome.faults.first?.process)
      let all = acquisitions(outcome)
      let place = try #require(all.firstIndex { Int($0.actor.process) == left })
      let end = MonotonicTime(nanoseconds: all[place].operation.extra)
      try #require(all.indices.contains(place + 1))
      let taken = try #require(all[place + 1].completed)
      #expect(taken >= end)
    }
  }

  // MARK: Replay

  @Test("The same seed strikes the same way twice, and as the schedule that it was recorded as")
  func replay() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkReplay() }
  }

  private static func checkReplay() throws {
    let trigger = try probability(0.003)
    let faults = [
      kill(.random, trigger, restartAfter: .milliseconds(1)),
      pause(.random, at: .milliseconds(2), for: .milliseconds(3)),
    ]
    for mode in [StorageSettings.JournalMode.delete, .wal] {
      let program = try SimulatedProgram(
        cell(.mixed, faults) { $0.storage.journalMode = mode })
      let trial = try ScheduleTrial(program)
      var digests: Set<String> = []
      for number in 0..<15 {
        let first = try trial.run(number, .uniform(Seed(UInt64(number))))
        let record = first.report.schedule
        for schedule in [
          ScheduleDescription.uniform(Seed(UInt64(number))), .runs(record.runs),
          .switches(record.switches),
        ] {
          let again = try trial.run(number, schedule)
          #expect(again.digest == first.digest, "\(mode), program \(number), \(schedule)")
          #expect(again.faults == first.faults)
        }
        digests.insert("\(first.digest)")
      }
      #expect(digests.count == 15)
    }
  }

  // MARK: Planted bugs

  @Test("Without a journal a death in the middle of a transaction is found, with one nothing is")
  func planted() async {
    await #expect(processExitsWith: .success) { try ScheduledFaultTests.checkPlanted() }
  }

  /// Nothing is synced or journalled: a death in the middle of a transaction tears it.
  private static func checkPlanted() throws {
    var atWrite = kill(.random, .operation(4))
    atWrite.method = .write
    atWrite.file = .database
    let torn = try play(
      cell(.mixed, [atWrite]) {
        $0.storage.journalMode = .off
        $0.load.keyCount = 40
      }, count: 40)
    let found = torn.count { !$0.violations.isEmpty }
    #expect(found > 3, "\(found) of 40 schedules")
    let sound = try play(
      cell(.mixed, [atWrite]) { $0.load.keyCount = 40 }, count: 40)
    #expect(sound.allSatisfy { $0.violations.isEmpty })
  }
}
