import AssayModel
import Schedules
import Workloads

/// Makes a finding of a schedule again in a worker: its program under its schedule.
struct ScheduleReplay {
  private let finding: ScheduleFinding
  private let program: SimulatedProgram

  init(_ finding: ScheduleFinding, _ program: SimulatedProgram) {
    self.finding = finding
    self.program = program
  }

  /// - Throws: an input error when the program cannot follow the schedule.
  func run() throws -> ReplayReport {
    let lanes = LaneRecorder(program.baton)
    let outcome = try ScheduleTrial(program).run(
      finding.program, chooser: finding.schedule.makeChooser(), skips: finding.skips,
      recordsSteps: true, observer: lanes)
    if let misfit = finding.schedule.misfit(of: outcome.report.schedule.runs) {
      throw WorkerError(
        .input,
        "its schedule does not fit its program: \(misfit); the file was changed, or another "
          + "version of Assay made it")
    }
    var report = ReplayReport(
      isReproduced: false, differences: [], found: "", trace: diagram(outcome, lanes), files: [])
    if outcome.digest.description != finding.digest {
      report.differences.append(
        "the run has the digest \(outcome.digest), the finding's \(finding.digest)")
    }
    if let found = outcome.violations.first(where: { $0.check == finding.found.check }) {
      report.found = found.text
    } else {
      report.differences.append("\(finding.found.check.rawValue) holds")
    }
    report.isReproduced = report.differences.isEmpty
    return report
  }

  /// What struck, a line each, before the diagram in which each stands in its place.
  private static func summary(of strikes: [ScheduledStrike]) -> [String] {
    if strikes.isEmpty { return [] }
    return ["Faults that struck:"] + strikes.map { "  \($0.line)" } + [""]
  }

  private func diagram(_ outcome: ScheduleTrial.Outcome, _ lanes: LaneRecorder) -> [String] {
    let names = program.baton.actorNames
    let numbers = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let processes = program.baton.actorProcesses
    let faults = outcome.strikes.map { strike in
      (
        time: strike.time,
        fault: LaneFault(
          text: strike.line,
          died: Set(processes.indices.filter { processes[$0] == strike.died }),
          followsCall: strike.followsCall)
      )
    }
    let items = LaneItem.items(
      outcome.report, outcome.events, lanes.answers, faults: faults,
      load: program.cell.load
    ) { numbers["\($0)"] }
    return outcome.notes + Self.summary(of: outcome.strikes)
      + LaneDiagram(items, names: names, words: LaneWords(pageSize: program.pageSize)).lines
  }
}
