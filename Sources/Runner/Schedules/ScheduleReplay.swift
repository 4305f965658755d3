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

  func run() throws -> ReplayReport {
    let lanes = LaneRecorder(program.baton)
    let outcome = try ScheduleTrial(program).run(
      finding.program, chooser: finding.schedule.makeChooser(), skips: finding.skips,
      recordsSteps: true, observer: lanes)
    var report = ReplayReport(
      isReproduced: false, differences: [], found: "", trace: diagram(outcome, lanes), files: [])
    if let misfit = finding.schedule.misfit(of: outcome.report.schedule.runs) {
      report.differences.append("the schedule does not fit its program: \(misfit)")
    }
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

  private func diagram(_ outcome: ScheduleTrial.Outcome, _ lanes: LaneRecorder) -> [String] {
    let names = program.baton.actorNames
    let numbers = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let items = LaneItem.items(outcome.report, outcome.events, lanes.answers) {
      numbers["\($0)"] ?? -1
    }
    return LaneDiagram(items, names: names, words: LaneWords(pageSize: program.pageSize)).lines
  }
}
