public import AssayModel
import Gate
public import Reports
import Platform

/// What a calibration was asked for.
public struct CalibrateOptions: Sendable {
  /// Where results and databases go, and who is told about progress.
  public var run: RunOptions
  /// Pairs of each part; at least 20.
  public var pairs: Int
  /// Gates that are played on the recording, for each metric.
  public var gates: Int
  /// No further pair starts after this time.
  public var budget: Nanoseconds?

  /// As many pairs as a gate has at its last look.
  public static let usualPairs = ComparisonPlan.usualLooks[ComparisonPlan.usualLooks.count - 1]
  /// With no alarm among them the rate is at most 0.3 %.
  public static let usualGates = 1_000
  /// What the number of pairs may be.
  public static let pairsRange = 20...10_000

  /// Creates options.
  public init(
    run: RunOptions, pairs: Int = Self.usualPairs, gates: Int = Self.usualGates,
    budget: Nanoseconds? = nil
  ) {
    self.run = run
    self.pairs = pairs
    self.gates = gates
    self.budget = budget
  }
}

/// Records pairs of base against base, or against a head, and says what a gate can tell by them.
public struct CalibrateRun {
  private let subject: GateSubject
  private let options: CalibrateOptions
  private let time = SystemTime()

  /// Creates a calibration; nothing runs yet.
  public init(_ subject: GateSubject, _ options: CalibrateOptions) {
    self.subject = subject
    self.options = options
  }

  /// Records, stores and judges.
  public func run() throws(RunnerError) -> CalibrationRecord {
    Interruption.install()
    let id = RunFolder.newRunID(now: time.wallNow(), seed: subject.plan.seed) + "-calibrate"
    let work = try GateWork(subject, options.run, run: id)
    defer { work.runner.cleanUp() }
    var recorded: [GateWork.RecordedPart] = []
    do throws(RunnerError) {
      try record(work, &recorded)
      return try judge(work, recorded)
    } catch {
      // Pairs that ran are kept, whatever ended the recording.
      let path = try keep(recorded, work)
      if path == nil, error.code != .harness, error.code != .violation,
        !options.run.keepsEverything
      {
        work.folder.remove()
      }
      guard let path, error.code != .violation else { throw error }
      throw RunnerError(error.code, "\(error.message); the pairs so far: \(path)")
    }
  }

  private func judge(
    _ work: GateWork, _ parts: [GateWork.RecordedPart]
  ) throws(RunnerError) -> CalibrationRecord {
    let recording = PairRecording(subject: subject, fingerprint: work.fingerprint, parts: parts)
    let path = Self.path(work)
    try GateFile.store(recording, to: path)
    if let violation = recording.violation { throw RunnerError(.violation, violation) }
    var record = try recording.judged(gates: options.gates, path: path)
    if let calibration = record.calibration {
      record.stored = try CalibrationStore(results: options.run.resultsFolder).write(
        Calibration(
          scenario: subject.name, fingerprint: recording.fingerprint, workloads: [calibration]))
    }
    try GateFile.write(record, to: "\(work.folder.path)/calibration.json")
    return record
  }

  private static func path(_ work: GateWork) -> String { "\(work.folder.path)/pairs.json" }

  /// Stores the pairs so far.
  ///
  /// - Returns: where; `nil` when there is none.
  private func keep(
    _ parts: [GateWork.RecordedPart], _ work: GateWork
  ) throws(RunnerError) -> String? {
    guard parts.contains(where: { !$0.pairs.isEmpty }) else { return nil }
    try GateFile.store(
      PairRecording(subject: subject, fingerprint: work.fingerprint, parts: parts),
      to: Self.path(work))
    return Self.path(work)
  }

  /// Adds a part for each shape of blocks; on an interruption those that there are.
  private func record(
    _ work: GateWork, _ recorded: inout [GateWork.RecordedPart]
  ) throws(RunnerError) {
    let from = time.monotonicNow()
    options.run.progress("\(subject.name): trying how long a block must be")
    let parts = try subject.parts(work.runner, slice: options.run.slice)
    for (number, planned) in parts.enumerated() {
      let closed = recorded.first { $0.targetRate == nil }
      let part = planned.afterBlocks(of: closed?.pairs.map(\.base))
      let now = time.monotonicNow()
      let deadline = options.budget.map { budget in
        now + Nanoseconds(max(0, (from + budget - now).rawValue) / Int64(parts.count - number))
      }
      let (pairs, wasInterrupted) = try self.pairs(part, work, deadline)
      recorded.append(
        GateWork.RecordedPart(rules: part.rules, targetRate: part.targetRate, pairs: pairs))
      if wasInterrupted { throw RunnerError(.interrupted, "interrupted") }
    }
  }

  private func pairs(
    _ part: GatePart, _ work: GateWork, _ deadline: MonotonicTime?
  ) throws(RunnerError) -> (pairs: [BlockPair], wasInterrupted: Bool) {
    let plan: ComparisonPlan
    do throws(GateError) {
      plan = try ComparisonPlan(
        rules: part.rules, question: .worsening,
        seed: subject.plan.seed.derived("order").derived(part.name(in: subject.name)))
    } catch {
      throw RunnerError(.input, "\(error)")
    }
    let run = PairedRun(
      runner: work.runner, shape: part.shape, turns: part.turns, time: time, deadline: deadline,
      progress: options.run.progress)
    var outcome = PairedRun.Outcome()
    var pairs: [BlockPair] = []
    for number in 0..<options.pairs {
      if run.reasonToStop != nil { break }
      options.run.progress("\(subject.name): pair \(number + 1) of \(options.pairs)")
      do throws(RunnerError) {
        pairs.append(try run.runPair(number, plan.order(ofPair: number), &outcome))
      } catch {
        guard error.code == .interrupted else { throw error }
        return (pairs, true)
      }
    }
    return (pairs, Interruption.isRequested)
  }
}
