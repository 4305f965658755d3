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
    let outcome = try ScheduleTrial(program).run(
      finding.program, finding.schedule, skips: finding.skips, recordsSteps: true)
    var report = ReplayReport(
      isReproduced: false, differences: [], found: "", trace: [], files: [])
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
}
