public import AssayModel
import Gate
public import Reports
import Platform

/// What a gate was asked for, apart from its workloads.
public struct GateOptions: Sendable {
  /// Where the base comes from.
  public enum Base: Hashable, Sendable {
    /// It runs in turn with the head.
    case measured
    /// It was stored: in this file, or among the baselines of the results' folder.
    case stored(path: String?)
  }

  /// What a workload gets where nobody says otherwise: what goes before and after its pairs fits
  /// into two minutes with it.
  public static let usualBudget = Nanoseconds.seconds(115)

  /// Where results and databases go, and who is told about progress.
  public var run: RunOptions
  /// Where the base comes from.
  public var base: Base
  /// No further pair starts after this time.
  public var budget: Nanoseconds?
  /// Whether times are left out.
  public var countsOnly: Bool
  /// Told at once what is known before the end, a line each.
  public var announce: @Sendable (String) -> Void

  /// Creates options.
  public init(
    run: RunOptions, base: Base, budget: Nanoseconds? = nil, countsOnly: Bool = false,
    announce: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.run = run
    self.base = base
    self.budget = budget
    self.countsOnly = countsOnly
    self.announce = announce
  }
}

/// Gates workloads: exact counts of all of them first, in seconds, then their times.
public final class GateRun {
  let options: GateOptions
  let time = SystemTime()
  private let subjects: [GateSubject]
  private let started: WallTime
  private let from: MonotonicTime
  var works: [GateWork] = []
  var timesMissing: GateDecision.TimesMissing?
  private var wasInterrupted = false

  /// Creates a gate; nothing runs yet.
  ///
  /// - Throws: an input error when two workloads have the same name.
  public init(_ subjects: [GateSubject], _ options: GateOptions) throws(RunnerError) {
    let names = subjects.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw RunnerError(.input, "two scenarios are called '\(name)'")
    }
    self.subjects = subjects
    self.options = options
    started = time.wallNow()
    from = time.monotonicNow()
    if options.countsOnly { timesMissing = .notAsked }
  }

  /// A finished gate.
  public struct Finished: Sendable {
    /// What was found.
    public var record: GateRecord
    /// Path of the folder that holds `gate.json`.
    public var folder: String
  }

  /// Runs everything and writes `gate.json` and `pairs.json`.
  public func run() throws(RunnerError) -> Finished {
    Interruption.install()
    defer { for work in works { work.runner.cleanUp() } }
    do throws(RunnerError) {
      do throws(RunnerError) {
        try measure()
      } catch {
        // What was measured before the interruption is kept.
        guard error.code == .interrupted, !works.isEmpty else { throw error }
        wasInterrupted = true
      }
      return try finish()
    } catch {
      if error.code != .harness, !options.run.keepsEverything {
        for work in works { work.folder.remove() }
      }
      throw error
    }
  }

  private func measure() throws(RunnerError) {
    let id = RunFolder.newRunID(now: started, seed: subjects[0].plan.seed) + "-gate"
    for subject in subjects {
      works.append(try GateWork(subject, options.run, run: id))
    }
    let baselines = try storedBaselines()
    for index in works.indices {
      options.run.progress("\(works[index].subject.name): counting")
      if let baselines {
        try works[index].count([.head])
        try compareCounts(index, with: baselines[index])
      } else {
        try works[index].count(ComparisonSide.allCases)
        works[index].compareCounts()
      }
      announce(works[index].decision)
    }
    guard !options.countsOnly else { return }
    if let baselines {
      guard timesMissing == nil else { return }
      for index in works.indices { try compareTimes(index, with: baselines[index]) }
    } else {
      for index in works.indices { try compareTimes(index) }
    }
  }

  /// What counts and checks say is certain, whatever the times will.
  private func announce(_ workload: GateDecision.Workload) {
    let violations = workload.violations.map { "\(workload.name), \($0)" }
    for text in violations + workload.countReasons({ $0 == .increased }) { options.announce(text) }
  }

  // MARK: Times in turn

  private func compareTimes(_ index: Int) throws(RunnerError) {
    let subject = works[index].subject
    // A system that does not do its work has no speed.
    guard works[index].decision.violations.isEmpty else { return }
    options.run.progress("\(subject.name): trying how long a block must be")
    let planned = try subject.parts(works[index].runner, slice: options.run.slice)
    works[index].calibration = try calibration(of: works[index])
    for (number, part) in planned.enumerated() {
      let closed = works[index].recorded.first { $0.targetRate == nil }
      let whole = part.afterBlocks(of: closed?.pairs.map(\.base))
      let (open, left) = withoutObstacles(whole, works[index].calibration)
      let waiting = planned.count - number + 2 * (works.count - index - 1)
      let deadline = self.deadline(waiting: waiting)
      if open.rules.isEmpty {
        try glance(at: whole, index, deadline: deadline)
      } else {
        try compare(open, whole, index, deadline: deadline)
      }
      works[index].add(observed(left, in: works[index].recorded.last?.pairs ?? []))
      if works[index].decision.comparison?.violations.isEmpty == false { return }
      if wasInterrupted { throw RunnerError(.interrupted, "interrupted") }
    }
  }

  /// Compares the metrics that this machine can tell.
  ///
  /// - Parameter whole: the part with those that it cannot: its blocks show them all the same.
  private func compare(
    _ part: GatePart, _ whole: GatePart, _ index: Int, deadline: MonotonicTime?
  ) throws(RunnerError) {
    let work = works[index]
    let from = time.monotonicNow()
    let decided = works.compactMap(\.decision.comparison)
    var comparison: PairedComparison
    do throws(GateError) {
      comparison = PairedComparison(
        try ComparisonPlan(
          rules: part.rules, question: .worsening, limits: limits,
          seed: work.subject.plan.seed.derived("order").derived(part.name(in: work.subject.name))),
        regressionsBefore: decided.reduce(0) { $0 + $1.count(.regression) },
        improvementsBefore: decided.reduce(0) { $0 + $1.count(.improvement) })
    } catch {
      throw RunnerError(.input, "\(error)")
    }
    let outcome = try PairedRun(
      runner: work.runner, shape: part.shape, turns: part.turns, time: time, deadline: deadline,
      progress: options.run.progress
    ).run(&comparison)
    wasInterrupted = outcome.wasInterrupted
    works[index].add(comparison.result)
    keep(comparison.pairs, of: whole, index, since: from)
  }

  /// Keeps the pairs of a part.
  private func keep(_ pairs: [BlockPair], of part: GatePart, _ index: Int, since: MonotonicTime) {
    works[index].parts.append(part.record(pairs, elapsed: time.monotonicNow() - since))
    works[index].recorded.append(
      GateWork.RecordedPart(rules: part.rules, targetRate: part.targetRate, pairs: pairs))
  }

  // MARK: What this machine cannot tell

  /// Runs as many pairs as the first look of a comparison takes, which decide nothing: they show
  /// how much an inconclusive metric differs.
  private func glance(
    at part: GatePart, _ index: Int, deadline: MonotonicTime?
  ) throws(RunnerError) {
    let work = works[index]
    let from = time.monotonicNow()
    let run = PairedRun(
      runner: work.runner, shape: part.shape, turns: part.turns, time: time, deadline: deadline,
      progress: options.run.progress)
    var generator = SeededGenerator(work.subject.plan.seed.derived("glance"))
    var cost = PairedRun.Outcome()
    var pairs: [BlockPair] = []
    while pairs.count < ComparisonPlan.usualLooks[0], run.reasonToStop == nil {
      let order = Bool.random(using: &generator) ? PairOrder.baseFirst : .headFirst
      options.run.progress("\(work.subject.name): pair \(pairs.count + 1), which decides nothing")
      do throws(RunnerError) {
        pairs.append(try run.runPair(pairs.count, order, &cost))
      } catch {
        guard error.code == .interrupted else { throw error }
        break
      }
    }
    wasInterrupted = Interruption.isRequested
    keep(pairs, of: part, index, since: from)
  }

  /// Metrics with an obstacle are inconclusive, with what the pairs show of them.
  private func observed(_ left: [Obstacle], in pairs: [BlockPair]) -> ComparisonResult {
    var violations: [String] = []
    for pair in pairs {
      for (side, block) in [("base", pair.base), ("head", pair.head)] {
        for text in block.violations.map({ "\(side): \($0)" }) where !violations.contains(text) {
          violations.append(text)
        }
      }
    }
    return ComparisonResult(
      metrics: left.map { .observed($0.rule, in: pairs, because: $0.reason) },
      pairs: 0, looks: 0, violations: violations)
  }

  /// A metric that a calibration found not to be gateable on this machine.
  struct Obstacle {
    var rule: MetricRule
    var reason: String
  }

  /// The part without the metrics that this machine cannot tell, and those.
  func withoutObstacles(
    _ part: GatePart, _ calibration: [MetricCalibration]
  ) -> (part: GatePart, left: [Obstacle]) {
    var part = part
    var left: [Obstacle] = []
    part.rules = part.rules.filter { rule in
      let found = calibration.first { $0.rule == rule }
      guard let reason = found?.obstacle else { return true }
      left.append(Obstacle(rule: rule, reason: reason))
      return false
    }
    return (part, left)
  }

  /// Shared by all questions of the run.
  lazy var limits = LimitTable(
    looks: ComparisonPlan.usualLooks, alpha: ComparisonPlan.usualAlpha, questions: questions)

  var questions: Int { subjects.reduce(0) { $0 + $1.questions } }

  /// What is left of the budget is shared evenly among the parts that still wait.
  func deadline(waiting: Int) -> MonotonicTime? {
    guard let budget = options.budget else { return nil }
    let now = time.monotonicNow()
    let left = max(0, (from + budget - now).rawValue)
    return now + Nanoseconds(left / Int64(max(1, waiting)))
  }

  private func calibration(of work: GateWork) throws(RunnerError) -> [MetricCalibration] {
    let found = try CalibrationStore(results: options.run.resultsFolder)
      .calibration(of: work.subject.name, on: work.fingerprint)
    let own = found?.workloads.first {
      $0.name == work.subject.name && $0.workloadDigest == work.subject.plan.workloadDigest
    }
    return own?.metrics ?? []
  }

  // MARK: The end

  private func finish() throws(RunnerError) -> Finished {
    let decision = GateDecision(
      workloads: works.map(\.decision), timesMissing: timesMissing,
      wasInterrupted: wasInterrupted)
    var isInterleaved = true
    if case .stored = options.base { isInterleaved = false }
    let record = GateRecord(
      run: works[0].folder.run, started: started, elapsed: time.monotonicNow() - from,
      seed: subjects[0].plan.seed, isInterleaved: isInterleaved,
      workloads: works.map { $0.record() }, decision: decision)
    for work in works {
      try GateFile.write(record, to: "\(work.folder.path)/gate.json")
      if !work.recorded.isEmpty {
        try GateFile.store(work.recorded, to: "\(work.folder.path)/pairs.json")
      }
    }
    return Finished(record: record, folder: works[0].folder.path)
  }
}
