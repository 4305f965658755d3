import AssayModel
import Platform
import Reports

/// Explores the schedules of one cell: hands blocks to worker processes, folds what they found in
/// the order of the blocks, and has each kind of violation made small.
///
/// The result depends on the number of schedules only, not on who explored which.
final class ScheduledCellRun {
  /// Schedules beyond which a cell without a number of its own gives up reaching its minimum.
  private static let scheduleLimit = 10_000_000
  /// Deaths of workers after which no further block is tried.
  private static let deathLimit = 8

  private let cell: PlannedCell
  private let explore: ExploreSettings
  private let scenario: String
  private let crew: ExploreCrew
  private let time: any TimeSource
  private let progress: (String) -> Void

  private var handedOut = 0
  private var arrived: [Int: ScheduleReport?] = [:]
  private var folded = ScheduleFold()
  /// When the first worker was ready.
  private var started: MonotonicTime?

  init(
    _ cell: PlannedCell, _ explore: ExploreSettings, scenario: String, crew: ExploreCrew,
    time: any TimeSource, progress: @escaping (String) -> Void
  ) {
    self.cell = cell
    self.explore = explore
    self.scenario = scenario
    self.crew = crew
    self.time = time
    self.progress = progress
  }

  func run() throws(RunnerError) -> ExploredCell {
    try crew.work(
      next: {
        let start = started ?? time.monotonicNow()
        started = start
        return nextBlock(deadline: explore.budget.map { start + $0 + crew.stopped })
      },
      take: { (task, reply) throws(RunnerError) in take(task, reply) })
    if let started {
      folded.counts["exploring_nanoseconds"] = UInt64((time.monotonicNow() - started).rawValue)
    }
    let findings = try shrink()
    var result = ExploredCell(
      checks: folded.checks(of: cell, explore), explored: folded.counts, findings: [],
      scheduleFindings: findings, incidents: crew.incidents, library: crew.library)
    result.attempts = folded.attempts
    if isFruitless {
      result.endedEarly = ExploredAttempts.reason(folded.schedules, "schedule")
    }
    return result
  }

  // MARK: Blocks

  /// Blocks after which an exploration without any acknowledgement ends.
  private static let fruitlessLimit = 4

  /// Whether no schedule has acknowledged anything: no more of them will.
  private var isFruitless: Bool {
    folded.blocks >= Self.fruitlessLimit && folded.attempts.isFruitless
  }

  private var isEnough: Bool {
    if isFruitless { return true }
    if let schedules = explore.schedules {
      return folded.blocks >= Self.blocks(of: schedules)
    }
    return folded.distinct >= explore.minimum || folded.schedules >= Self.scheduleLimit
  }

  private static func blocks(of schedules: Int) -> Int {
    (schedules + ScheduleExploration.blockSize - 1) / ScheduleExploration.blockSize
  }

  private func nextBlock(deadline: MonotonicTime?) -> ExploreTask? {
    if isEnough || crew.incidents.count >= Self.deathLimit { return nil }
    if let deadline, time.monotonicNow() >= deadline { return nil }
    let size = ScheduleExploration.blockSize
    var limit = size
    if let schedules = explore.schedules {
      guard handedOut < Self.blocks(of: schedules) else { return nil }
      limit = min(size, schedules - handedOut * size)
    }
    handedOut += 1
    return .schedules(block: handedOut - 1, atMost: limit, until: deadline)
  }

  private func take(_ task: ExploreTask, _ reply: ExploreReply?) {
    guard case .schedules(let block, _, _) = task else { return }
    if case .schedules(let report) = reply {
      arrived[block] = .some(report)
    } else {
      arrived[block] = .some(nil)
    }
    // In order, and no further than is wanted: so it does not matter who was first.
    while !isEnough, let next = arrived.removeValue(forKey: folded.blocks) {
      if let next { folded.add(next) } else { folded.skip() }
      noteFirstViolation()
      progress(progressText)
    }
  }

  private var progressText: String {
    let elapsed = started.map { time.monotonicNow() - $0 } ?? .zero
    let wanted = explore.schedules ?? explore.minimum
    return ProgressLine.exploration(
      done: explore.schedules == nil ? folded.distinct : folded.schedules, wanted: wanted,
      noun: "schedules", elapsed: elapsed,
      found: Figures.count(folded.violations.count, "finding"))
  }

  private func noteFirstViolation() {
    let name = "until_violation_nanoseconds"
    guard let started, !folded.violations.isEmpty, folded.counts[name] == nil else { return }
    folded.counts[name] = UInt64((time.monotonicNow() - started).rawValue)
  }

  // MARK: Findings

  private func shrink() throws(RunnerError) -> [ScheduleFinding] {
    let violations = folded.violations.sorted { $0.index < $1.index }
    var next = 0
    var findings: [Int: ScheduleFinding] = [:]
    try crew.work(
      next: {
        guard next < violations.count else { return nil }
        next += 1
        return .shrinkSchedule(violations[next - 1])
      },
      take: { (task, reply) throws(RunnerError) in
        guard case .shrinkSchedule(let violation) = task,
          case .scheduleFinding(var finding) = reply,
          let index = violations.firstIndex(of: violation)
        else { return }
        finding.scenario = scenario
        findings[index] = finding
      })
    return violations.indices.compactMap { findings[$0] }
  }
}
