import AssayModel
import Platform

/// What a sweep of one cell came to.
struct SweepOutcome: Sendable {
  /// One result per check that the cell asks for and a sweep can answer.
  var checks: [CheckResult]
  /// Coverage by name: `faults`, `faults_<method>`, `reported`, `absorbed`, `programs` and others.
  var explored: [String: UInt64]
  /// What was wrong, in the order of the sweep; at most `SweepTally.findingLimit`.
  var findings: [SweepFinding]
  /// What the workers say of the library.
  var library: WorkerReady
  /// Whether the user interrupted it.
  var wasInterrupted: Bool
  /// Why it ended before its time; `nil` when it did not.
  var endedEarly: String?
}

/// Sweeps one cell of the simulated world: fails each call in turn, in as many workers as wished.
///
/// Programs are swept one after the other until `explore.minimum` faults are covered, or as many as
/// `explore.schedules` says; no block begins after `explore.budget`. The result depends on the cell
/// alone, not on the number of workers, unless the budget or the user ends it.
struct SweepCell {
  private let scenario: String
  private let cell: PlannedCell
  private let launcher: WorkerLauncher
  private let jobs: Int
  private let time: any TimeSource
  private let expectedSourceID: String?

  /// Describes a sweep.
  ///
  /// - Parameters:
  ///   - scenario: name of the scenario, for findings.
  ///   - cell: one with `explore.sweep`.
  ///   - jobs: worker processes; at least 1.
  ///   - expectedSourceID: the library that workers must have; `nil` when any will do.
  init(
    scenario: String, cell: PlannedCell, launcher: WorkerLauncher, jobs: Int,
    time: any TimeSource, expectedSourceID: String?
  ) {
    precondition(jobs >= 1, "a sweep by \(jobs) workers")
    self.scenario = scenario
    self.cell = cell
    self.launcher = launcher
    self.jobs = jobs
    self.time = time
    self.expectedSourceID = expectedSourceID
  }

  /// Runs the sweep; called on a thread that may block.
  ///
  /// - Throws: what the harness could not do, an input error when the cell cannot run at all, an
  ///   environment error when the library is another one; `interrupted` before anything was found.
  func run() throws(RunnerError) -> SweepOutcome {
    let team = SweepTeam(
      cell: cell, launcher: launcher, jobs: jobs, time: time, expectedSourceID: expectedSourceID)
    defer { team.endAll() }
    let lines = SweepFault.Line.all(of: cell)
    var tally = SweepTally(scenario: scenario, cell: cell)
    var program = 0
    var endedEarly: String?
    while true {
      let before = tally.faults
      var untouched = SweepBlockResult()
      switch try team.runAlone(SweepBlock(program: program, line: nil, first: 0, count: 1)) {
      case .swept(let result): untouched = result
      case .died(let problem):
        untouched.add(
          SweepRunResult(hits: 0, isReported: false, acknowledged: 0, problems: [problem]), call: 0)
      }
      var queue = SweepQueue(program: program, lines: lines)
      tally.shortfall = try team.work(off: &queue, until: deadline(team))
      tally.add(program: program, untouched: untouched, lines: queue.results)
      program += 1
      guard tally.acknowledges || tally.shortfall != nil else {
        endedEarly = ExploredAttempts.reason(program, "program")
        break
      }
      guard tally.shortfall == nil, tally.faults > before else { break }
      if let schedules = cell.explore?.schedules {
        guard program < schedules else { break }
      } else {
        guard tally.faults < UInt64(cell.explore?.minimum ?? 1) else { break }
      }
    }
    guard let library = team.library else {
      throw RunnerError(.harness, "no worker of \(cell.id) became ready")
    }
    let findings = tally.findings.map { finding in
      var finding = finding
      finding.librarySource = library.sourceID
      return finding
    }
    return SweepOutcome(
      checks: tally.checks, explored: tally.explored, findings: findings, library: library,
      wasInterrupted: Interruption.isRequested, endedEarly: endedEarly)
  }

  /// When the budget is used up. It counts from when the first worker is ready: starting processes
  /// is no exploring.
  private func deadline(_ team: SweepTeam) -> MonotonicTime? {
    guard let budget = cell.explore?.budget, let start = team.readySince else { return nil }
    return start + budget
  }
}
