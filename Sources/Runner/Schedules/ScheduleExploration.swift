import AssayModel
import Schedules
import Workloads

/// Explores schedules block by block: the same block gives the same report in every process.
struct ScheduleExploration {
  /// Runs from which the length of a run is estimated, for random priorities.
  private static let estimatingRuns = 10

  /// SQLITE_BUSY_SNAPSHOT.
  private static let busySnapshot: Int32 = 5 | 2 << 8

  private let trial: ScheduleTrial
  private let search: ScheduleSearch

  /// Estimates how long runs are, and prepares the search.
  init(_ program: SimulatedProgram, _ explore: ExploreSettings) throws {
    trial = try ScheduleTrial(program)
    var steps = 0
    for number in 0..<Self.estimatingRuns {
      steps += try trial.run(number, .uniform(program.seed(of: number))).report.steps
    }
    search = ScheduleSearch(
      try Self.strategies(explore), seed: program.cell.seed.derived("schedules"),
      estimatedSteps: max(1, steps / Self.estimatingRuns))
  }

  /// The strategies that a scenario names.
  ///
  /// - Throws: an input error for a name that there is not.
  static func strategies(_ explore: ExploreSettings) throws(RunnerError) -> [ScheduleStrategy] {
    guard let name = explore.strategy, name != "portfolio" else {
      return ScheduleStrategy.portfolio
    }
    guard let strategy = ScheduleStrategy(name) else {
      throw RunnerError(
        .input,
        "unknown explore.strategy '\(name)'; expected one of portfolio, uniform, sticky, "
          + "sticky-95, pct-1 to pct-5, stalls, stalls-50, preemptions, depth-first-2")
    }
    return [strategy]
  }

  /// Schedules of a block; the last numbers of an enumeration may stay without one.
  static let blockSize = 32

  /// Runs the schedules of a block.
  ///
  /// - Parameters:
  ///   - limit: how many of its first schedules are run.
  ///   - deadline: no schedule but the first begins after it.
  func run(
    block number: Int, atMost limit: Int, deadline: Deadline = .never
  ) throws -> ScheduleReport {
    var block = search.block(number)
    var report = ScheduleReport(block: number, strategy: "\(block.strategy)")
    var last: RecordedRun?
    var programs: Set<Int> = []
    for index in 0..<limit {
      if index > 0, deadline.hasPassed { break }
      let recording: ScheduleRecorder.Level = block.recording == .choices ? .choices : .run
      guard let task = try block.next(after: last) else { break }
      let outcome = try trial.run(task.program, task.schedule, recording: recording)
      last = outcome.report.schedule
      programs.insert(task.program)
      add(outcome, task, to: &report)
    }
    report.counts[ScheduledCounts.programs] = UInt64(programs.count)
    if block.coverage?.isExhaustive == true { report.counts[ScheduledCounts.exhausted] = 1 }
    return report
  }

  private func add(
    _ outcome: ScheduleTrial.Outcome, _ task: ScheduleTask, to report: inout ScheduleReport
  ) {
    report.counts[ScheduledCounts.schedules, default: 0] += 1
    report.counts[ScheduledCounts.steps, default: 0] += UInt64(outcome.report.steps)
    report.counts[ScheduledCounts.handOvers, default: 0] += UInt64(outcome.report.handOvers)
    if outcome.hitsRestartWindow { report.counts[ScheduledCounts.restartWindows, default: 0] += 1 }
    let snapshots = outcome.events.count { $0.event.code == Self.busySnapshot }
    if snapshots > 0 {
      report.counts[ScheduledCounts.busySnapshots, default: 0] += UInt64(snapshots)
    }
    report.attempts.add(
      outcome.events.lazy.map(\.event), outcome.connections, outcome.firstFailures)
    for (name, amount) in outcome.counts { report.counts[name, default: 0] += amount }
    ScheduledFaultCounts.add(outcome.faults, of: trial.program.cell, to: &report.counts)
    report.digests += [outcome.digest.high, outcome.digest.low]
    guard !outcome.violations.isEmpty else { return }
    if report.counts[ScheduledCounts.violating] == nil {
      report.counts[ScheduledCounts.untilViolation] = report.counts[ScheduledCounts.schedules]
    }
    report.counts[ScheduledCounts.violating, default: 0] += 1
    for found in outcome.violations
    where !report.violations.contains(where: { $0.found.check == found.check }) {
      report.violations.append(
        ScheduleViolation(
          index: task.index, program: task.program, schedule: task.schedule, found: found))
    }
  }
}
