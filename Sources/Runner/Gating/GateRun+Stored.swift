import AssayModel
import Gate
import Platform
import Reports

/// A head against a baseline of another day.
extension GateRun {
  /// Blocks of the head, and of a session of a baseline.
  static let sessionBlocks = 40

  /// The baseline of each workload; `nil` when the base runs in turn with the head.
  func storedBaselines() throws(RunnerError) -> [BaselineStore.Found]? {
    guard case .stored(let path) = options.base else { return nil }
    let store = BaselineStore(results: options.run.resultsFolder)
    var all: [BaselineStore.Found] = []
    for work in works {
      let fingerprint = try machine(of: work)
      let found: BaselineStore.Found?
      if let path {
        found = try store.read(path, for: work.subject, on: fingerprint)
      } else {
        found = try store.find(for: work.subject, on: fingerprint)
      }
      guard let found else {
        throw RunnerError(
          .environment,
          "'\(work.subject.name)' has no base: name one with --base key=value, --base-sqlite or "
            + "--base-binary, or store one of this machine with --update-baseline")
      }
      all.append(found)
      note(found, work.subject.name)
    }
    return all
  }

  /// The machine as it is before any worker has said what its library is.
  private func machine(of work: GateWork) throws(RunnerError) -> Fingerprint {
    let library = try options.run.libraryPath.map { path throws(RunnerError) in
      try LibraryFolder(library: path)
    }
    return .current(dataPath: work.folder.dataPath, sourceID: library?.sourceID)
  }

  /// A baseline of another machine can gate counts, one of another SQLite nothing.
  private func note(_ found: BaselineStore.Found, _ name: String) {
    guard let differences = found.differences else { return }
    if found.isSameLibrary, options.countsOnly { return }
    timesMissing = .noBaseline(
      "the baseline of \(name) is of another machine (\(differences)); --update-baseline stores "
        + "one of this machine")
  }

  /// Compares the head's counts with the stored ones.
  func compareCounts(
    _ index: Int, with found: BaselineStore.Found
  ) throws(RunnerError) {
    let name = works[index].subject.name
    works[index].storedBase = ComparisonRecord.Side(
      label: "baseline \(found.baseline.digest.prefix(12)), \(sessions(found, name))",
      environment: works[index].side(.base).environment)
    guard found.isSameLibrary, let head = works[index].counted[.head],
      let stored = found.workload(name)?.counted, !stored.isEmpty
    else { return }
    do throws(GateError) {
      works[index].decision.counts = try ExactCounts.compare(base: stored, head: head)
    } catch {
      throw RunnerError(.input, "'\(found.path)': \(error); --update-baseline stores one that fits")
    }
  }

  private func sessions(_ found: BaselineStore.Found, _ name: String) -> String {
    let counts = found.baseline.workloads.map(\.sessions.count)
    return Figures.count(counts.max() ?? 0, "session")
  }

  /// Compares the head's times with those of the stored sessions.
  func compareTimes(
    _ index: Int, with found: BaselineStore.Found
  ) throws(RunnerError) {
    let subject = works[index].subject
    guard works[index].decision.violations.isEmpty else { return }
    options.run.progress("\(subject.name): trying how long a block must be")
    let parts = try subject.parts(works[index].runner, slice: .zero)
    for (number, planned) in parts.enumerated() {
      let name = planned.name(in: subject.name)
      guard let stored = found.workload(name), !stored.sessions.isEmpty else {
        throw RunnerError(
          .input,
          "'\(found.path)' has no blocks of '\(name)'; --update-baseline stores one that fits")
      }
      let part = planned.like(stored)
      let waiting = parts.count - number + 2 * (works.count - index - 1)
      let from = time.monotonicNow()
      let head = try Self.blocks(
        Self.sessionBlocks, part, of: works[index], deadline: deadline(waiting: waiting),
        progress: options.run.progress)
      works[index].add(judge(part, stored, head, subject))
      works[index].parts.append(
        part.record(
          base: Array(stored.sessions.joined()), head: head,
          elapsed: time.monotonicNow() - from))
      works[index].recorded.append(
        GateWork.RecordedPart(
          rules: part.rules, targetRate: part.targetRate,
          pairs: head.map { BlockPair(order: .baseFirst, base: $0, head: $0) }))
    }
  }

  private func judge(
    _ part: GatePart, _ stored: Baseline.Workload, _ head: [BlockMeasurement],
    _ subject: GateSubject
  ) -> ComparisonResult {
    let environment = EnvironmentGuard.judge(
      BlockPair.neighbours(head, seed: subject.plan.seed), EnvironmentGuard.Thresholds())
    let alpha = ComparisonPlan.usualAlpha / Double(questions)
    let metrics = part.rules.map { rule -> MetricDecision in
      let decision = StoredComparison.judge(
        rule, base: stored.sessions, head: head, alpha: alpha)
      // What could not be told on any machine is not the fault of this one.
      guard decision.estimate != nil, !environment.isValid else { return decision }
      var invalid = decision
      invalid.outcome = .environmentInvalid
      invalid.reason = environment.reasons.joined(separator: "; ")
      return invalid
    }
    var violations: [String] = []
    for violation in head.flatMap(\.violations) where !violations.contains("head: \(violation)") {
      violations.append("head: \(violation)")
    }
    return ComparisonResult(
      metrics: metrics, pairs: head.count, looks: 1, environment: environment,
      violations: violations)
  }

  /// Runs blocks of the head, one after the other, until the time is over.
  static func blocks(
    _ count: Int, _ part: GatePart, of work: GateWork, deadline: MonotonicTime?,
    progress: (String) -> Void
  ) throws(RunnerError) -> [BlockMeasurement] {
    let run = PairedRun(
      runner: work.runner, shape: part.shape, turns: part.turns, time: SystemTime(),
      deadline: deadline,
      progress: { _ in })
    var blocks: [BlockMeasurement] = []
    for number in 0..<count {
      if Interruption.isRequested { throw RunnerError(.interrupted, "interrupted") }
      if run.reasonToStop != nil { break }
      progress("\(work.subject.name): block \(number + 1) of \(count)")
      let seed = work.subject.plan.seed.derived("comparison").derived("pair", number)
      blocks.append(try work.runner.run(.head, part.shape, seed: seed).measurement)
    }
    return blocks
  }
}
