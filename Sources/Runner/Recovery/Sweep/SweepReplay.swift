import AssayModel

extension SweepFinding {
  /// Makes the finding again in a worker of its own, and compares.
  ///
  /// - Throws: what the harness could not do; an environment error when the library is another one.
  func replay(
    launcher: WorkerLauncher, time: any TimeSource
  ) throws(RunnerError) -> ReplayReport {
    let again = try runAgain(launcher: launcher, time: time)
    var report = ReplayReport(
      isReproduced: again == problems, differences: [],
      found: again.first?.text ?? "nothing was wrong",
      trace: ["\(cause):"] + again.flatMap(\.lineTexts), files: [])
    if again.isEmpty { report.differences = ["nothing was wrong"] }
    if !again.isEmpty, !report.isReproduced {
      report.differences =
        problems.filter { !again.contains($0) }.map { "not found again: \($0.text)" }
        + again.filter { !problems.contains($0) }.map { "found instead: \($0.text)" }
      if report.differences.isEmpty { report.differences = ["the same in another order"] }
    }
    return report
  }
}

extension SweepProblem {
  /// The check and the first line of what was found.
  var text: String { "\(check.rawValue): \(lines.first ?? "")" }

  /// For people, a line each; the check stands before the first.
  fileprivate var lineTexts: [String] {
    lines.enumerated().map { index, line in
      index == 0 ? "  \(check.rawValue): \(line)" : "    \(line)"
    }
  }
}
