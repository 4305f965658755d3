import AssayModel
import Gate
import Platform
import Reports

/// What a gate has found out about one workload so far.
struct GateWork {
  let subject: GateSubject
  let folder: RunFolder
  let runner: BlockRunner
  /// Repetitions of the script by side.
  var counted: [ComparisonSide: [BlockMeasurement]] = [:]
  var decision: GateDecision.Workload
  var parts: [GateRecord.Part] = []
  var calibration: [MetricCalibration] = []
  /// The pairs of each part, or for a stored base the head's blocks as pairs of one with itself.
  var recorded: [RecordedPart] = []
  /// How long counting took.
  private var counting = Nanoseconds.zero
  /// What the base was, where it was not measured.
  var storedBase: ComparisonRecord.Side?

  /// Pairs as they are written beside the decision.
  struct RecordedPart: Codable, Sendable {
    var rules: [MetricRule]
    var targetRate: Double?
    var pairs: [BlockPair]
  }

  init(
    _ subject: GateSubject, _ options: RunOptions, run: String
  ) throws(RunnerError) {
    self.subject = subject
    folder = try RunFolder(
      results: options.resultsFolder, scenario: subject.name, run: run, data: options.dataFolder)
    decision = GateDecision.Workload(name: subject.name)
    do throws(RunnerError) {
      runner = try BlockRunner(subject.plan, options, folder: folder)
      runner.compares(subject.settings.metrics.compactMap { try? Metric($0) })
    } catch {
      folder.remove()
      throw error
    }
  }

  /// The machine and the base's library.
  var fingerprint: Fingerprint {
    Fingerprint.current(
      dataPath: folder.dataPath, sourceID: runner.library(of: .base)?.sourceID)
  }

  /// Runs the script twice on each of these sides: two repetitions show whether counts are exact.
  mutating func count(_ sides: [ComparisonSide]) throws(RunnerError) {
    let operations = subject.settings.countedOperations
    guard operations > 0 else { return }
    let shape = BlockShape(scriptOf: operations)
    let seed = subject.plan.seed.derived("comparison").derived("script")
    let time = SystemTime()
    let from = time.monotonicNow()
    defer { counting = counting + (time.monotonicNow() - from) }
    for side in sides + sides {
      let block = try runner.run(side, shape, seed: seed).measurement
      counted[side, default: []].append(block)
      for violation in block.violations {
        let text = "\(side.rawValue): \(violation)"
        if !decision.violations.contains(text) { decision.violations.append(text) }
      }
    }
  }

  /// Compares the counts of both sides, which were measured in this run.
  mutating func compareCounts() {
    guard let base = counted[.base], let head = counted[.head] else { return }
    do throws(GateError) {
      decision.counts = try ExactCounts.compare(base: base, head: head)
    } catch {
      decision.counts = [.incomparable(error)]
    }
  }

  /// Adds what a part of the times showed.
  mutating func add(_ result: ComparisonResult) {
    guard var all = decision.comparison else {
      decision.comparison = result
      return
    }
    all.metrics += result.metrics
    all.pairs += result.pairs
    all.looks = max(all.looks, result.looks)
    all.violations += result.violations.filter { !all.violations.contains($0) }
    all.environment.reasons += result.environment.reasons.filter {
      !all.environment.reasons.contains($0)
    }
    all.environment.isFinal = all.environment.isFinal || result.environment.isFinal
    all.stopped = all.stopped ?? result.stopped
    decision.comparison = all
  }

  func record() -> GateRecord.Workload {
    var record = GateRecord.Workload(
      name: subject.name, question: subject.plan.scenario.question,
      workloadDigest: subject.plan.workloadDigest, base: storedBase ?? side(.base),
      head: side(.head), countedOperations: decision.counts.isEmpty ? 0 : countedOperations,
      parts: parts, calibration: calibration)
    record.file = subject.file
    record.line = subject.line
    record.metrics = subject.metricNames
    record.counting = counting
    return record
  }

  private var countedOperations: Int { subject.settings.countedOperations }

  func side(_ side: ComparisonSide) -> ComparisonRecord.Side {
    ComparisonRecord.Side(
      label: subject.plan.variants[side]?.label ?? "",
      environment: RunEnvironment.current(
        dataPath: folder.path,
        library: runner.library(of: side) ?? runner.library(of: .head)))
  }
}

extension Fingerprint {
  /// This machine, the file system of a folder, and a library.
  ///
  /// - Parameter sourceID: of the base's SQLite; `nil` for this process's own.
  static func current(dataPath: String, sourceID: String?) -> Fingerprint {
    let environment = RunEnvironment.current(dataPath: dataPath, library: nil)
    return Fingerprint(
      processor: environment.processor, cores: environment.processors, kernel: environment.kernel,
      fileSystem: environment.fileSystem, mount: (try? FileSystemFacts.of(dataPath))?.options ?? "",
      sqliteSourceID: sourceID ?? environment.sqliteSourceID)
  }
}
