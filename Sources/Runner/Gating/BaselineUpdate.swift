import AssayModel
import Gate
import Platform

/// Measures heads as they stand and stores them as baselines of this machine.
public struct BaselineUpdate {
  private let options: GateOptions
  private let subjects: [GateSubject]

  /// Creates an update; nothing runs yet.
  public init(_ subjects: [GateSubject], _ options: GateOptions) {
    self.subjects = subjects
    self.options = options
  }

  /// What was stored of a scenario.
  public struct Stored: Codable, Sendable {
    /// Name of the scenario.
    public var scenario: String
    /// Path of the baseline.
    public var path: String
    /// Sessions that it holds.
    public var sessions: Int
    /// What a reader should know, in one sentence.
    public var remark: String
  }

  /// Measures and stores every workload.
  ///
  /// - Throws: a `violation` error when a check is violated: what is wrong is no base.
  public func run() throws(RunnerError) -> [Stored] {
    Interruption.install()
    let time = SystemTime()
    let id = RunFolder.newRunID(now: time.wallNow(), seed: subjects[0].plan.seed) + "-baseline"
    let from = time.monotonicNow()
    var stored: [Stored] = []
    for (index, subject) in subjects.enumerated() {
      let now = time.monotonicNow()
      let deadline = options.budget.map { budget in
        let left = max(0, (from + budget - now).rawValue)
        return now + Nanoseconds(left / Int64(subjects.count - index))
      }
      stored.append(try update(subject, id, deadline))
    }
    return stored
  }

  private func update(
    _ subject: GateSubject, _ id: String, _ deadline: MonotonicTime?
  ) throws(RunnerError) -> Stored {
    var work = try GateWork(subject, options.run, run: id)
    // The baseline is all that is left of it.
    defer {
      work.runner.cleanUp()
      if !options.run.keepsEverything { work.folder.remove() }
    }
    options.run.progress("\(subject.name): counting")
    try work.count([.head])
    if let violation = work.decision.violations.first {
      throw RunnerError(.violation, "\(subject.name) cannot be a base: \(violation)")
    }
    let fingerprint = Fingerprint.current(
      dataPath: work.folder.dataPath, sourceID: work.runner.library(of: .head)?.sourceID)
    let store = BaselineStore(results: options.run.resultsFolder)
    let found = try? store.find(for: subject, on: fingerprint)
    let old = found.flatMap { $0.differences == nil ? $0 : nil }
    var (baseline, remark) = start(old, work, fingerprint)
    if !options.countsOnly { try measure(work, &baseline, deadline) }
    let path = try store.write(baseline, replacing: old?.path)
    let sessions = baseline.workloads.map(\.sessions.count).max() ?? 0
    if sessions < StoredComparison.leastSessions {
      remark += remark.isEmpty ? "" : "; "
      remark +=
        "times are compared from \(StoredComparison.leastSessions) sessions on, "
        + "counts from the first"
    }
    return Stored(scenario: subject.name, path: path, sessions: sessions, remark: remark)
  }

  /// The baseline to add to: the old one as long as its counts are what they were.
  private func start(
    _ old: BaselineStore.Found?, _ work: GateWork, _ fingerprint: Fingerprint
  ) -> (baseline: Baseline, remark: String) {
    let name = work.subject.name
    let counted = work.counted[.head] ?? []
    if var baseline = old?.baseline,
      let index = baseline.workloads.firstIndex(where: { $0.name == name })
    {
      let before = baseline.workloads[index].counted
      let isSame =
        before.isEmpty || counted.isEmpty
        || before.map(\.counts) == counted.map(\.counts)
          && before.map(\.operations) == counted.map(\.operations)
      if isSame {
        if !counted.isEmpty { baseline.workloads[index].counted = counted }
        return (baseline, "")
      }
      return (fresh(work, fingerprint), "its counts have changed, so it is started again")
    }
    return (fresh(work, fingerprint), "")
  }

  private func fresh(_ work: GateWork, _ fingerprint: Fingerprint) -> Baseline {
    Baseline(
      scenario: work.subject.name, fingerprint: fingerprint,
      workloads: [
        Baseline.Workload(
          name: work.subject.name, workloadDigest: work.subject.plan.workloadDigest, sessions: [],
          counted: work.counted[.head] ?? [])
      ])
  }

  /// Adds a session to each part.
  private func measure(
    _ work: GateWork, _ baseline: inout Baseline, _ deadline: MonotonicTime?
  ) throws(RunnerError) {
    let time = SystemTime()
    let parts = try work.subject.parts(work.runner, slice: .zero)
    for (number, planned) in parts.enumerated() {
      let name = planned.name(in: work.subject.name)
      let closed = baseline.workloads.first { $0.rate == nil }?.sessions.last
      let place = baseline.workloads.firstIndex { $0.name == name }
      let part =
        place.map { planned.like(baseline.workloads[$0]) } ?? planned.afterBlocks(of: closed)
      let now = time.monotonicNow()
      let end = deadline.map {
        now + Nanoseconds(max(0, ($0 - now).rawValue) / Int64(parts.count - number))
      }
      let blocks = try GateRun.blocks(
        GateRun.sessionBlocks, part, of: work, deadline: end, progress: options.run.progress)
      if let violation = blocks.flatMap(\.violations).first {
        throw RunnerError(.violation, "\(work.subject.name) cannot be a base: \(violation)")
      }
      guard !blocks.isEmpty else { continue }
      if let place {
        baseline.workloads[place].sessions.append(blocks)
      } else {
        baseline.workloads.append(
          Baseline.Workload(
            name: name, workloadDigest: work.subject.plan.workloadDigest, sessions: [blocks],
            rate: part.targetRate))
      }
    }
  }
}
