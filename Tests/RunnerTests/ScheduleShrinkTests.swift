import AssayModel
import SQLiteDriver
import Schedules
import Testing
import Workloads

@testable import Runner

/// Each test has a process of its own, as a simulation has: the current disk belongs to the process.
@Suite("Findings of schedules are made small")
struct ScheduleShrinkTests {
  private static func program() throws -> SimulatedProgram {
    try SimulatedProgram(
      SimulatedWorld.cell(.mixed) { cell in
        cell.seed = Seed(3)
        cell.storage.journalMode = .wal
        cell.storage.busy = .sqlite
        cell.load.keyCount = 6
        cell.load.processes = 2
        cell.load.writers = 1
        cell.load.readers = 0
        cell.load.extent = .operations(24)
      })
  }

  /// An operation of the first process, and one of the second that runs wholly within it.
  private struct Nested: Hashable {
    var outer: ProgramPlace
    var inner: ProgramPlace

    static func all(in events: [SimulatedEvent]) -> Set<Nested> {
      var all: Set<Nested> = []
      for outer in events where outer.event.actor.process == 0 && outer.event.outcome == .ok {
        for inner in events where inner.event.actor.process == 1 && inner.event.outcome == .ok {
          guard let innerEnd = inner.event.completed, let outerEnd = outer.event.completed,
            outer.event.invoked < inner.event.invoked, innerEnd < outerEnd
          else { continue }
          all.insert(
            Nested(
              outer: ProgramPlace(outer.event.actor, number: outer.number),
              inner: ProgramPlace(inner.event.actor, number: inner.number)))
        }
      }
      return all
    }
  }

  private static let planted = ScheduleViolation.Found(check: .progress, text: "planted")

  @Test("A planted violation that takes two operations and one preemption is shrunk to these")
  func minimum() async {
    await #expect(processExitsWith: .success) { try ScheduleShrinkTests.checkMinimum() }
  }

  private static func checkMinimum() throws {
    let program = try program()
    var found = 0
    for number in 0..<3 {
      let schedule = ScheduleDescription.uniform(Seed(UInt64(number)))
      let outcome = try ScheduleTrial(program).run(0, schedule)
      let all = Set(program.operations.places)
      let latest = Nested.all(in: outcome.events)
        .max { ($0.outer.number, $0.inner.number) < ($1.outer.number, $1.inner.number) }
      guard let nested = latest else { continue }
      found += 1
      var shrinker = try ScheduleFindingShrinker(program) { outcome in
        Nested.all(in: outcome.events).contains(nested) ? [planted] : []
      }
      let violation = ScheduleViolation(index: 0, program: 0, schedule: schedule, found: planted)
      let finding = try shrinker.shrink(violation)
      #expect(all.subtracting(finding.skips) == [nested.outer, nested.inner])
      #expect(finding.preemptions == 1, "\(finding.schedule)")
      var again = try ScheduleFindingShrinker(program) { outcome in
        Nested.all(in: outcome.events).contains(nested) ? [planted] : []
      }
      #expect(try again.shrink(violation) == finding)
    }
    #expect(found == 3)
  }

  @Test("A violation that needs no operation at all keeps one")
  func nothingNeeded() async {
    await #expect(processExitsWith: .success) { try ScheduleShrinkTests.checkNothingNeeded() }
  }

  private static func checkNothingNeeded() throws {
    let program = try program()
    _ = try ScheduleTrial(program).run(0, .uniform(Seed(1)))
    let all = program.operations.places.count
    var shrinker = try ScheduleFindingShrinker(program) { _ in [planted] }
    let finding = try shrinker.shrink(
      ScheduleViolation(index: 0, program: 0, schedule: .uniform(Seed(1)), found: planted))
    #expect(all > 10 && finding.skips.count == all - 1)
  }

  @Test("Runs of many steps end the shrinking early, with a finding that still fails")
  func stepLimit() async {
    await #expect(processExitsWith: .success) { try ScheduleShrinkTests.checkStepLimit() }
  }

  private static func checkStepLimit() throws {
    let program = try program()
    let violation = ScheduleViolation(
      index: 0, program: 0, schedule: .uniform(Seed(1)), found: planted)
    var shrinker = try ScheduleFindingShrinker(program, stepLimit: 1) { _ in [planted] }
    let finding = try shrinker.shrink(violation)
    #expect(shrinker.trials == 1 && finding.skips.isEmpty)
    #expect(finding.found.text == planted.text)
  }

  @Test("A violation that is gone when its schedule runs again is an error of the harness")
  func gone() async {
    await #expect(processExitsWith: .success) { try ScheduleShrinkTests.checkGone() }
  }

  private static func checkGone() throws {
    var shrinker = try ScheduleFindingShrinker(try program()) { _ in [] }
    let violation = ScheduleViolation(
      index: 5, program: 0, schedule: .uniform(Seed(1)), found: planted)
    let error = #expect(throws: RunnerError.self) { try shrinker.shrink(violation) }
    #expect(error?.message.contains("schedule 5") == true)
  }

  @Test("A run is the same again from its places, and follows them without some operations")
  func places() async {
    await #expect(processExitsWith: .success) { try ScheduleShrinkTests.checkPlaces() }
  }

  private static func checkPlaces() throws {
    let program = try program()
    let trial = try ScheduleTrial(program)
    for number in 0..<10 {
      let first = try trial.run(0, .uniform(Seed(UInt64(number))))
      let runs = PlacedRuns(first.report.schedule.runs, starts: program.operations.starts)
      let all = program.operations.places
      let again = try trial.run(0, chooser: PlacedOrder(runs, program.operations), skips: [])
      #expect(again.digest == first.digest)
      // Without what was begun last, what ended before that is as it was.
      let (early, left) = (all.prefix(all.count / 2), Set(all.suffix(all.count - all.count / 2)))
      let ended = early.indices.filter { index in
        early[(index + 1)...].contains { $0.actor == early[index].actor }
      }.map { early[$0] }
      let short = try trial.run(0, chooser: PlacedOrder(runs, program.operations), skips: left)
      let before = first.events.filter { event in
        ended.contains(ProgramPlace(event.event.actor, number: event.number))
      }
      #expect(!before.isEmpty)
      #expect(Set(before).isSubset(of: short.events))
    }
  }
}
