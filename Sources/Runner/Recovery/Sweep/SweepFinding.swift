import AssayModel
import Platform

/// A fault of a sweep after which something was wrong: enough to run it again.
///
/// No times and no names of runs are in it: the same seed gives the same bytes.
struct SweepFinding: Codable, Hashable, Sendable {
  /// Version of this form.
  static let currentSchema = 2

  /// Version of the form that it was written in.
  var schema = SweepFinding.currentSchema
  /// Version of the simulated disk.
  var diskVersion = CrashFinding.currentDiskVersion
  /// The scenario's name.
  var scenario: String
  /// The cell, complete in itself; its seed is the seed of the run.
  @SealedCell var cell: PlannedCell
  /// The program that ran, from 0.
  var program: Int
  /// What failed; `nil` when the run without a fault was wrong already.
  var fault: SweepFault?
  /// What was found.
  var problems: [SweepProblem]
  /// Source id of the library that it was found with; `nil` asks for none.
  var librarySource: String?

  /// The fault in words.
  var cause: String { fault.map { "\($0)" } ?? "without a fault, program \(program)" }

  /// One line for people: the fault and the first thing that was wrong.
  var summary: String { "\(cause): \(problems.first?.lines.first ?? "nothing was wrong")" }

  /// Runs the same fault again in a worker of its own.
  ///
  /// - Returns: what was wrong this time: as `problems`, if it is reproduced.
  /// - Throws: what the harness could not do; an environment error when the library is another one.
  func runAgain(
    launcher: WorkerLauncher, time: any TimeSource
  ) throws(RunnerError) -> [SweepProblem] {
    let block = SweepBlock(
      program: program, line: fault?.line, first: fault?.call ?? 0, count: 1, isCareful: true)
    let team = SweepTeam(
      cell: cell, launcher: launcher, jobs: 1, time: time, expectedSourceID: librarySource)
    defer { team.endAll() }
    switch try team.runAlone(block) {
    case .swept(let result): return result.bad.first?.problems ?? []
    case .died(let problem): return [problem]
    }
  }
}
