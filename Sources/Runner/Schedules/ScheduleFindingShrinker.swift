import AssayModel
import Schedules
import SQLiteDriver
import Workloads

/// Makes a finding of a violation in a schedule, as small as it gets: first fewer operations, then
/// fewer preemptions, in turns until nothing more can go.
///
/// Each candidate is run again and kept only if the same check still fails.
struct ScheduleFindingShrinker {
  /// Most candidates of each stage.
  private static let trialLimit = 1_500

  private let program: SimulatedProgram
  private let trial: ScheduleTrial

  init(_ program: SimulatedProgram) throws {
    self.program = program
    trial = try ScheduleTrial(program)
  }

  /// A schedule in which the check fails, and which operations it needs.
  private struct Failing {
    var schedule: ScheduleDescription
    var skips: Set<ProgramPlace>
    var outcome: ScheduleTrial.Outcome
    var text: String
  }

  /// Shrinks a violation.
  func shrink(_ violation: ScheduleViolation) throws -> ScheduleFinding {
    guard var smallest = try failing(violation, violation.schedule, []) else {
      throw RunnerError(
        .harness,
        "a violation of \(violation.found.check.rawValue) in schedule \(violation.index) of "
          + "\(program.cell.id) is gone when the schedule is run again")
    }
    smallest = try fewerOperations(smallest, violation)
    smallest = try fewerPreemptions(smallest, violation)
    smallest = try fewerOperations(smallest, violation)
    return finding(smallest, violation)
  }

  /// Runs a candidate; `nil` when the check holds.
  private func failing(
    _ violation: ScheduleViolation, _ schedule: ScheduleDescription, _ skips: Set<ProgramPlace>
  ) throws -> Failing? {
    let outcome = try trial.run(violation.program, schedule, skips: skips)
    guard let found = outcome.violations.first(where: { $0.check == violation.found.check })
    else { return nil }
    return Failing(schedule: schedule, skips: skips, outcome: outcome, text: found.text)
  }

  /// Leaves out operations, under the same switches and under the ones that the run has made of it.
  private func fewerOperations(
    _ start: Failing, _ violation: ScheduleViolation
  ) throws -> Failing {
    var smallest = start
    let all = Set(start.outcome.events.map { ProgramPlace($0.event.actor, number: $0.number) })
      .sorted { ($0.actor.packed, $0.number) < ($1.actor.packed, $1.number) }
    var shrinker = SubsetShrinker(all, atLeast: 1, trialLimit: Self.trialLimit)
    while let kept = shrinker.next() {
      let skips = start.skips.union(Set(all).subtracting(kept))
      let candidates = [
        smallest.schedule, .switches(smallest.outcome.report.schedule.switches), violation.schedule,
      ]
      var found: Failing?
      for schedule in candidates where found == nil {
        found = try failing(violation, schedule, skips)
      }
      if let found { smallest = found }
      shrinker.report(isEnough: found != nil)
    }
    return smallest
  }

  private func fewerPreemptions(
    _ start: Failing, _ violation: ScheduleViolation
  ) throws -> Failing {
    var smallest = start
    var shrinker = ScheduleShrinker(start.outcome.report.schedule, trialLimit: Self.trialLimit)
    while let switches = shrinker.next() {
      if let found = try failing(violation, .switches(switches), start.skips) {
        smallest = found
        shrinker.report(.kept(found.outcome.report.schedule))
      } else {
        shrinker.report(.lost)
      }
    }
    return smallest
  }

  private func finding(_ failing: Failing, _ violation: ScheduleViolation) -> ScheduleFinding {
    ScheduleFinding(
      found: ScheduleViolation.Found(check: violation.found.check, text: failing.text),
      program: violation.program,
      skipped: failing.skips.map {
        CrashFinding.SkippedOperation(actor: $0.actor, number: $0.number)
      }
      .sorted { ($0.actor.packed, $0.number) < ($1.actor.packed, $1.number) },
      schedule: .runs(failing.outcome.report.schedule.runs),
      preemptions: failing.outcome.report.schedule.preemptions,
      digest: failing.outcome.digest.description, index: violation.index,
      sqliteSourceID: SQLiteLibrary.sourceID, cell: program.cell)
  }
}
