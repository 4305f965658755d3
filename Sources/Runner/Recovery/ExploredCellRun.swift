import AssayModel
import FaultVFS
import Glibc
import Platform
import Reports

/// What the exploration of one cell found.
struct ExploredCell {
  /// One result per check that the cell names.
  var checks: [CheckResult]
  /// Coverage, by name.
  var explored: [String: UInt64]
  /// Violations made small, in the order of the exploration.
  var findings: [CrashFinding]
  /// Violations in schedules made small, in their order.
  var scheduleFindings: [ScheduleFinding] = []
  /// What a sweep found wrong, in its order.
  var sweepFindings: [SweepFinding] = []
  /// Workers that exited unexpectedly.
  var incidents: [Incident]
  /// What a worker said of the library.
  var library: WorkerReady?
  /// What became of the attempts of all programs.
  var attempts = ExploredAttempts()
  /// Why it ended before its time; `nil` when it did not.
  var endedEarly: String?
}

/// Explores one cell: hands its programs to worker processes, folds what they found in the order of
/// the programs, and has each kind of violation made small.
///
/// The result depends on the number of programs only, not on who explored which.
final class ExploredCellRun {
  /// Programs beyond which a cell without a number of its own gives up reaching its minimum.
  private static let programLimit = 100_000

  private let cell: PlannedCell
  private let explore: ExploreSettings
  private let scenario: String
  private let historyFolder: String
  private let crew: ExploreCrew
  private let time: any TimeSource
  private let progress: (String) -> Void
  /// Whether violations are made small: not where their kind is all that is asked.
  private let shrinks: Bool

  private var handedOut = 0
  /// When the first program could begin; `nil` until then.
  private var readySince: MonotonicTime?
  private var arrived: [Int: BlockReport?] = [:]
  private var folded = ExplorationFold()
  private var wasLost = false

  init(
    _ cell: PlannedCell, _ explore: ExploreSettings, scenario: String, crew: ExploreCrew,
    historyFolder: String, time: any TimeSource, shrinks: Bool = true,
    progress: @escaping (String) -> Void
  ) {
    self.shrinks = shrinks
    self.cell = cell
    self.explore = explore
    self.scenario = scenario
    self.crew = crew
    self.historyFolder = historyFolder
    self.time = time
    self.progress = progress
  }

  func run() throws(RunnerError) -> ExploredCell {
    let start = time.monotonicNow()
    try crew.work(
      next: { nextBlock() },
      take: { (task, reply) throws(RunnerError) in try take(task, reply) })
    folded.counts["exploring_nanoseconds"] = UInt64((time.monotonicNow() - start).rawValue)
    let findings = shrinks ? try shrink() : []
    var result = ExploredCell(
      checks: folded.checks(of: cell, explore), explored: folded.counts, findings: findings,
      incidents: crew.incidents, library: crew.library)
    result.attempts = folded.attempts
    if isFruitless {
      result.endedEarly = ExploredAttempts.reason(Self.fruitlessLimit, "program")
    }
    return result
  }

  // MARK: Programs

  /// Whether the programs that were folded are as many as are wanted; never in the middle of one.
  private var isEnough: Bool {
    let (programs, parts) = folded.blocks.quotientAndRemainder(
      dividingBy: ExploreTask.partsOfProgram)
    guard parts == 0 else { return false }
    if isFruitless { return true }
    if let schedules = explore.schedules { return programs >= schedules }
    return folded.distinct >= explore.minimum || programs >= Self.programLimit
  }

  /// Programs after which an exploration without any acknowledgement ends.
  private static let fruitlessLimit = 4

  /// Whether no program has acknowledged anything: no more of them will.
  private var isFruitless: Bool {
    folded.blocks >= Self.fruitlessLimit * ExploreTask.partsOfProgram
      && folded.attempts.isFruitless
  }

  /// Deaths of workers after which no further program is tried.
  private static let deathLimit = 8

  private func nextBlock() -> ExploreTask? {
    if isEnough || crew.incidents.count >= Self.deathLimit { return nil }
    if let schedules = explore.schedules, handedOut >= schedules * ExploreTask.partsOfProgram {
      return nil
    }
    let end = endOfBudget()
    if let end, handedOut > 0, time.monotonicNow() >= end { return nil }
    handedOut += 1
    return .block(handedOut - 1, until: end)
  }

  /// When the budget is used up; `nil` without one. It counts from the first question, which the
  /// crew asks when its first worker is ready: starting processes is no exploring.
  private func endOfBudget() -> MonotonicTime? {
    let start = readySince ?? time.monotonicNow()
    readySince = start
    return explore.budget.map { start + $0 + crew.stopped }
  }

  private func take(_ task: ExploreTask, _ reply: ExploreReply?) throws(RunnerError) {
    guard case .block(let number, _) = task else { return }
    if case .block(let report) = reply {
      arrived[number] = .some(report)
    } else {
      arrived[number] = .some(nil)
    }
    // In order, and no further than is wanted: so it does not matter who was first.
    while !isEnough, let next = arrived.removeValue(forKey: folded.blocks) {
      try fold(next)
      progress(progressText)
    }
  }

  private var progressText: String {
    let elapsed = readySince.map { time.monotonicNow() - $0 } ?? .zero
    let programs = folded.blocks / ExploreTask.partsOfProgram
    let found = Figures.count(folded.violations.count, "finding")
    guard let schedules = explore.schedules else {
      return ProgressLine.exploration(
        done: folded.distinct, wanted: explore.minimum, noun: "images", elapsed: elapsed,
        found: found)
    }
    return ProgressLine.exploration(
      done: folded.distinct, wanted: nil, noun: "images", elapsed: elapsed,
      found: "\(programs) of \(schedules) programs   \(found)")
  }

  private func fold(_ report: BlockReport?) throws(RunnerError) {
    guard let report else { return folded.skip() }
    do {
      let reader = try BufferedRecordReader(path: report.imagesFile)
      try folded.add(report, images: reader)
      _ = unsafe unlink(report.imagesFile)
    } catch {
      throw RunnerError(.harness, "the images of a program cannot be read: \(error)")
    }
  }

  // MARK: Findings

  private func shrink() throws(RunnerError) -> [CrashFinding] {
    let violations = folded.violations
    var next = 0
    var findings: [Int: CrashFinding] = [:]
    var tasks: [ExploreTask: Int] = [:]
    for (index, entry) in violations.enumerated() {
      tasks[.shrink(program: entry.program, entry.violation)] = index
    }
    try crew.work(
      next: {
        guard next < violations.count else { return nil }
        next += 1
        return .shrink(
          program: violations[next - 1].program, violations[next - 1].violation)
      },
      take: { (task, reply) throws(RunnerError) in
        guard let index = tasks[task], case .finding(var finding) = reply else { return }
        finding.scenario = scenario
        findings[index] = finding
      })
    return violations.indices.compactMap { findings[$0] }
  }
}
