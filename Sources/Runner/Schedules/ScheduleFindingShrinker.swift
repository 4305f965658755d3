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
  /// Says what is wrong with a run.
  typealias Judge = (ScheduleTrial.Outcome) -> [ScheduleViolation.Found]

  /// Most runs of all.
  static let trialLimit = 8_000
  /// Most steps of all runs together. A run in which actors get stuck takes hundreds of thousands,
  /// more than 1,000 runs of another kind: such a finding stays larger.
  static let stepLimit = 5_000_000
  /// Most runs of one search for fewer preemptions, before the last one.
  private static let preemptionLimit = 250

  let program: SimulatedProgram
  private let trial: ScheduleTrial
  private let judge: Judge
  private let stepLimit: Int
  /// All operations of the program.
  private(set) var operations: [ProgramPlace] = []
  private(set) var trials = 0
  private var steps = 0
  /// Operations without which the check held, whatever was tried.
  var hopeless: Set<Set<ProgramPlace>> = []

  /// - Parameters:
  ///   - stepLimit: the most steps of all runs.
  ///   - judge: says what is wrong with a run; another one for tests.
  init(
    _ program: SimulatedProgram, stepLimit: Int = Self.stepLimit,
    judge: @escaping Judge = { $0.violations }
  ) throws {
    self.program = program
    self.stepLimit = stepLimit
    self.judge = judge
    trial = try ScheduleTrial(program)
  }

  /// Runs that may still be tried.
  var trialsLeft: Int { steps >= stepLimit ? 0 : max(0, Self.trialLimit - trials) }

  /// A schedule in which the check fails, and which operations it needs.
  struct Failing {
    var skips: Set<ProgramPlace>
    var outcome: ScheduleTrial.Outcome
    var text: String
    /// Who ran when, by places in the programs.
    var runs: PlacedRuns
    /// The operations that were not left out, in the order in which they were begun.
    var begun: [ProgramPlace]

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
    operations = smallest.begun.sorted {
      ($0.actor.packed, $0.number) < ($1.actor.packed, $1.number)
    }
    while trialsLeft > 0 {
      smallest = try fewerOperations(smallest, violation)
      smallest = try fewerPreemptions(smallest, violation, atMost: Self.preemptionLimit)
      if let smaller = try withoutSeveral(smallest, violation) {
        smallest = smaller
      } else if let smaller = try inAnotherOrder(smallest, violation) {
        smallest = smaller
      } else {
        break
      }
    }
    smallest = try fewerPreemptions(smallest, violation, atMost: Self.trialLimit)
    return finding(smallest, violation)
  }

  /// Runs a candidate; `nil` when the check holds.
  mutating func failing(
    _ violation: ScheduleViolation, _ chooser: any ActorChooser, _ skips: Set<ProgramPlace>
  ) throws -> Failing? {
    trials += 1
    let outcome = try trial.run(violation.program, chooser: chooser, skips: skips)
    steps += outcome.report.steps
    guard let found = judge(outcome).first(where: { $0.check == violation.found.check })
    else { return nil }
    let runs = PlacedRuns(
      outcome.report.schedule.runs, starts: program.operations.starts)
    return Failing(
      skips: skips, outcome: outcome, text: found.text, runs: runs,
      begun: program.operations.places.filter { !skips.contains($0) })
  }

  // MARK: Preemptions

  private mutating func fewerPreemptions(
    _ start: Failing, _ violation: ScheduleViolation, atMost limit: Int
  ) throws -> Failing {
    var smallest = start
    var shrinker = ScheduleShrinker(
      start.recorded, trialLimit: min(limit, trialsLeft))
    while trialsLeft > 0, let switches = shrinker.next() {
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
