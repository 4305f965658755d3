import AssayModel
import SQLiteDriver
import Schedules
import Workloads

/// Makes a finding of a violation in a schedule, as small as it gets: fewer operations, then fewer
/// preemptions, in turns until nothing more can go.
///
/// Each candidate is run again and kept only if the same check still fails. What is tried, and how
/// often, does not depend on time: the result is the same on every machine.
struct ScheduleFindingShrinker {
  /// Most runs of all.
  private static let trialLimit = 12_000
  /// Most runs of one search for fewer preemptions.
  private static let preemptionLimit = 1_000
  /// Most turns.
  private static let turnLimit = 4
  /// Programs of at most so many operations are searched for another schedule where the old one
  /// fails.
  private static let searchedOperations = 16

  private let program: SimulatedProgram
  private let trial: ScheduleTrial
  /// All operations of the program.
  private var operations: [ProgramPlace] = []
  private var trials = 0
  /// Leaving out these operations did not do, whatever was tried.
  private var hopeless: Set<Set<ProgramPlace>> = []

  init(_ program: SimulatedProgram) throws {
    self.program = program
    trial = try ScheduleTrial(program)
  }

  /// A schedule in which the check fails, and which operations it needs.
  private struct Failing {
    var skips: Set<ProgramPlace>
    var outcome: ScheduleTrial.Outcome
    var text: String
    /// Who ran when, by places in the programs.
    var runs: PlacedRuns

    var recorded: RecordedRun { outcome.report.schedule }
  }

  /// Shrinks a violation.
  mutating func shrink(_ violation: ScheduleViolation) throws -> ScheduleFinding {
    guard var smallest = try failing(violation, violation.schedule.makeChooser(), []) else {
      throw RunnerError(
        .harness,
        "a violation of \(violation.found.check.rawValue) in schedule \(violation.index) of "
          + "\(program.cell.id) is gone when the schedule is run again")
    }
    operations = program.operations.places.sorted {
      ($0.actor.packed, $0.number) < ($1.actor.packed, $1.number)
    }
    for _ in 0..<Self.turnLimit {
      let (skips, switches) = (smallest.skips, smallest.recorded.switches)
      smallest = try fewerOperations(smallest, violation)
      smallest = try fewerPreemptions(smallest, violation)
      if smallest.skips == skips, smallest.recorded.switches == switches { break }
    }
    return finding(smallest, violation)
  }

  /// Runs a candidate; `nil` when the check holds.
  private mutating func failing(
    _ violation: ScheduleViolation, _ chooser: any ActorChooser, _ skips: Set<ProgramPlace>
  ) throws -> Failing? {
    trials += 1
    let outcome = try trial.run(violation.program, chooser: chooser, skips: skips)
    guard let found = outcome.violations.first(where: { $0.check == violation.found.check })
    else { return nil }
    let runs = PlacedRuns(
      outcome.report.schedule.runs, starts: program.operations.starts)
    return Failing(skips: skips, outcome: outcome, text: found.text, runs: runs)
  }

  // MARK: Operations

  private mutating func fewerOperations(
    _ start: Failing, _ violation: ScheduleViolation
  ) throws -> Failing {
    var smallest = start
    let all = operations.filter { !start.skips.contains($0) }
    var shrinker = SubsetShrinker(all, atLeast: 1, guesses: guesses(all))
    while trials < Self.trialLimit, let kept = shrinker.next() {
      let skips = start.skips.union(Set(all).subtracting(kept))
      let found = try failing(violation, smallest, skips, operations: kept.count)
      if let found { smallest = found }
      shrinker.report(isEnough: found != nil)
    }
    return smallest
  }

  /// Whole actors left out, then shorter and shorter ends of all programs.
  private func guesses(_ all: [ProgramPlace]) -> [[ProgramPlace]] {
    let actors = Set(all.map(\.actor)).sorted { $0.packed < $1.packed }
    let last = all.map(\.number).max() ?? 0
    let ends = [last / 8, last / 4, last / 2].filter { $0 > 0 }
    return actors.map { actor in all.filter { $0.actor != actor } }
      + ends.map { length in all.filter { $0.number > last - length } }
      + ends.map { length in all.filter { $0.number < length } }
  }

  /// Tries to do without some operations: in the order of the smallest run, as it was found, and,
  /// where few operations are left, in some orders that are drawn for them.
  private mutating func failing(
    _ violation: ScheduleViolation, _ smallest: Failing, _ skips: Set<ProgramPlace>, operations: Int
  ) throws -> Failing? {
    let order = PlacedOrder(smallest.runs, program.operations)
    if let found = try failing(violation, order, skips) { return found }
    if let found = try failing(violation, violation.schedule.makeChooser(), skips) { return found }
    guard operations <= Self.searchedOperations, hopeless.insert(skips).inserted else { return nil }
    for schedule in drawn(for: smallest, operations) {
      if let found = try failing(violation, schedule.makeChooser(), skips) { return found }
    }
    return nil
  }

  /// Orders for a small program.
  private func drawn(for smallest: Failing, _ operations: Int) -> [ScheduleDescription] {
    let seed = program.cell.seed.derived("shrinking")
    let steps = max(1, smallest.outcome.report.steps)
    let count = 24 * Self.searchedOperations / operations
    return (0..<count).map { number in
      .priorities(
        PrioritySchedule(
          seed: seed.derived("priorities", number), depth: 2 + number % 4, estimatedSteps: steps))
    }
  }

  // MARK: Preemptions

  private mutating func fewerPreemptions(
    _ start: Failing, _ violation: ScheduleViolation
  ) throws -> Failing {
    var smallest = start
    var shrinker = ScheduleShrinker(
      start.recorded, trialLimit: min(Self.preemptionLimit, max(0, Self.trialLimit - trials)))
    while let switches = shrinker.next() {
      if let found = try failing(violation, SwitchedOrder(switches), start.skips) {
        let before = shrinker.smallest
        shrinker.report(.kept(found.recorded))
        if shrinker.smallest != before { smallest = found }
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
      schedule: .runs(failing.recorded.runs), preemptions: failing.recorded.preemptions,
      digest: failing.outcome.digest.description, index: violation.index,
      sqliteSourceID: SQLiteLibrary.sourceID, cell: program.cell)
  }
}
