public import AssayModel
public import Gate
public import Reports
import Platform
import SQLiteDriver
import Workloads

/// What a comparison was asked for, apart from its two sides.
public struct ComparisonOptions: Sendable {
  /// Where results and databases go, and who is told about progress.
  public var run: RunOptions
  /// What is compared, with margins; empty for throughput and p99 of the main operation.
  public var rules: [MetricRule]
  /// No further pair starts after this time.
  public var budget: Nanoseconds?
  /// Counts of which more is a regression, by name; all of them when it is empty; `nil` when counts
  /// are only shown.
  public var decidingCounts: Set<String>?
  /// Operations of the script whose counts are compared exactly; 0 for none.
  public var countedOperations: Int

  /// Creates options.
  public init(
    run: RunOptions, rules: [MetricRule] = [], budget: Nanoseconds? = nil,
    countedOperations: Int = 1_000
  ) {
    self.run = run
    self.rules = rules
    self.budget = budget
    self.countedOperations = countedOperations
  }
}

/// Compares two variants of a cell: counts first, then pairs of blocks until it is decided.
public final class Comparison {
  private let plan: VariantPlan
  private let options: ComparisonOptions
  private let time = SystemTime()

  /// Creates a comparison; nothing runs yet.
  public init(_ plan: VariantPlan, _ options: ComparisonOptions) {
    self.plan = plan
    self.options = options
  }

  /// A finished comparison.
  public struct Finished: Sendable {
    /// What was found.
    public var record: ComparisonRecord
    /// Path of the run's folder.
    public var folder: String
  }

  /// Runs everything and writes `comparison.json`.
  public func run() throws(RunnerError) -> Finished {
    Interruption.install()
    let started = time.wallNow()
    let from = time.monotonicNow()
    let folder = try RunFolder(
      results: options.run.resultsFolder, scenario: plan.scenario.name,
      run: RunFolder.newRunID(now: started, seed: plan.seed) + "-compare",
      data: options.run.dataFolder)
    do throws(RunnerError) {
      var record = try compare(folder, started: started, from: from)
      record.elapsed = time.monotonicNow() - from
      try write(record, folder)
      return Finished(record: record, folder: folder.path)
    } catch {
      if error.code != .harness, !options.run.keepsEverything { folder.remove() }
      throw error
    }
  }

  private func compare(
    _ folder: RunFolder, started: WallTime, from: MonotonicTime
  ) throws(RunnerError) -> ComparisonRecord {
    let runner = try BlockRunner(plan, options.run, folder: folder)
    defer { runner.cleanUp() }
    options.run.progress("\(plan.scenario.name): counting")
    let counts = try count(runner)
    let deciding = try decidingCounts(among: counts.map(\.name))
    let timed = try runPairs(runner, deadline: options.budget.map { from + $0 })
    let blocks = Int64(max(1, timed.outcome.blocks))
    var record = ComparisonRecord(
      scenario: plan.scenario.name, question: plan.scenario.question, run: folder.run,
      started: started, elapsed: .zero, seed: plan.seed, workloadDigest: plan.workloadDigest,
      base: side(.base, runner), head: side(.head, runner),
      blockLength: timed.blockLength,
      blockOverhead: Nanoseconds(timed.outcome.overhead.rawValue / blocks),
      result: timed.result, counts: counts, decidingCounts: deciding,
      countedOperations: counts.isEmpty ? 0 : options.countedOperations, pairs: timed.pairs,
      wasInterrupted: timed.outcome.wasInterrupted)
    record.targetRate = timed.target
    record.turns = timed.turns
    return record
  }

  /// What the pairs gave.
  private struct Timed {
    var result = ComparisonResult(metrics: [], pairs: 0, looks: 0)
    var pairs: [BlockPair] = []
    var outcome = PairedRun.Outcome()
    var blockLength = Nanoseconds.zero
    /// Operations a second of an open loop.
    var target: Double?
    var turns: TurnChoice?
  }

  private func runPairs(
    _ runner: BlockRunner, deadline: MonotonicTime?
  ) throws(RunnerError) -> Timed {
    // Who asks for counts alone need not wait for times.
    if options.rules.isEmpty, options.decidingCounts != nil { return Timed() }
    options.run.progress("\(plan.scenario.name): trying how long a block must be")
    let pilot = try BlockPilot(runner)
    let rules = try rules(pilot)
    runner.compares(rules.map(\.metric))
    guard let cell = plan.cells[.base] else { throw RunnerError(.harness, "no base") }
    let load = cell.load.resolved(capacity: pilot.baseCapacity)
    var target: Double?
    if case .perSecond(let rate) = load.rate { target = rate }
    let shape = BlockShape(load, length: pilot.length(for: rules.map(\.metric), at: target))
    let turns = pilot.turns(options.run.slice, in: shape)
    var comparison = try paired(rules)
    let outcome = try PairedRun(
      runner: runner, shape: shape, turns: turns,
      needs: BlockNeeds(rules.map(\.metric), pilot, at: target), time: time, deadline: deadline,
      progress: options.run.progress
    ).run(&comparison)
    return Timed(
      result: comparison.result, pairs: comparison.pairs, outcome: outcome,
      blockLength: comparison.pairs.map(\.base.duration).min() ?? .zero, target: target,
      turns: turns)
  }

  // MARK: Parts

  /// Runs a script twice on each side: two repetitions show whether its counts are exact.
  private func count(_ runner: BlockRunner) throws(RunnerError) -> [CountComparison] {
    guard options.countedOperations > 0 else { return [] }
    let shape = BlockShape(scriptOf: options.countedOperations)
    let seed = plan.seed.derived("comparison").derived("script")
    var blocks: [ComparisonSide: [BlockMeasurement]] = [:]
    for side in ComparisonSide.allCases + ComparisonSide.allCases {
      blocks[side, default: []].append(try runner.run(side, shape, seed: seed).measurement)
    }
    do throws(GateError) {
      return try ExactCounts.compare(base: blocks[.base] ?? [], head: blocks[.head] ?? [])
    } catch {
      return [.incomparable(error)]
    }
  }

  private func decidingCounts(among names: [String]) throws(RunnerError) -> [String] {
    guard let wanted = options.decidingCounts else { return [] }
    // Whichever was asked for: sides that are incomparable have none of them, and decide nothing.
    if wanted.isEmpty || names == [CountComparison.incomparableName] { return names }
    for name in wanted.sorted() where !names.contains(name) {
      throw RunnerError(
        .input,
        "counts(\(name)): unknown count; expected one of "
          + names.joined(separator: ", "))
    }
    return wanted.sorted()
  }

  private func rules(_ pilot: BlockPilot) throws(RunnerError) -> [MetricRule] {
    if !options.rules.isEmpty {
      for rule in options.rules {
        guard case .percentile(_, let kind?) = rule.metric, pilot.rates[kind] == nil else {
          continue
        }
        throw RunnerError(
          .input,
          "\(rule.metric): the load has no operation '\(kind)'; it has "
            + pilot.rates.keys.sorted().joined(separator: ", "))
      }
      return options.rules
    }
    let entry = plan.cells[.base].flatMap { WorkloadCatalog.entry($0.load.workload) }
    let kind = pilot.mainKind(entry?.mainOperation.name)
    do throws(GateError) {
      return try [MetricRule(.throughput), MetricRule(.percentile(.p99, of: kind))]
    } catch {
      throw RunnerError(.harness, "\(error)")
    }
  }

  private func paired(_ rules: [MetricRule]) throws(RunnerError) -> PairedComparison {
    do throws(GateError) {
      return PairedComparison(
        try ComparisonPlan(
          rules: rules, question: .difference, seed: plan.seed.derived("order")))
    } catch {
      throw RunnerError(.input, "\(error)")
    }
  }

  private func side(_ side: ComparisonSide, _ runner: BlockRunner) -> ComparisonRecord.Side {
    ComparisonRecord.Side(
      label: plan.variants[side]?.label ?? "",
      environment: RunEnvironment.current(
        dataPath: runner.folder.dataPath, library: runner.library(of: side)))
  }

  private func write(_ record: ComparisonRecord, _ folder: RunFolder) throws(RunnerError) {
    do {
      let text = try RecordJSON.encode(record)
      try ByteFile.replace("\(folder.path)/comparison.json", withText: text)
    } catch {
      throw RunnerError(.harness, "the comparison cannot be written: \(error)")
    }
  }
}
