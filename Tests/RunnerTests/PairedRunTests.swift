import AssayModel
import Gate
import Platform
import Testing

@testable import Runner

@Suite("Pairs of blocks")
struct PairedRunTests {
  /// Tests run beside each other, and beside whatever else the machine does.
  private let anyMachine = EnvironmentGuard.Thresholds(
    stealShare: 1, loadPerProcessor: 1e6, canaryDrift: 1e6, canaryRatio: 1e6,
    clockRatio: 1e6)

  /// Runs a comparison of throughput with these looks.
  private func run(
    _ trial: ComparisonTrial, looks: [Int], alpha: Double = 0.005,
    effect: Double = 0.5, budget: Nanoseconds? = nil, shape: Nanoseconds = .milliseconds(40)
  ) async throws -> (comparison: PairedComparison, outcome: PairedRun.Outcome) {
    try await trial.withRunner { runner in
      let rule = try MetricRule(.throughput, effect: effect)
      let limits = LimitTable(looks: looks, alpha: alpha, questions: 1)
      var comparison = PairedComparison(
        try ComparisonPlan(
          rules: [rule], question: .difference, limits: limits, thresholds: anyMachine,
          seed: Seed(3)))
      let time = SystemTime()
      let load = try #require(runner.plan.cells[.base]).load
      let run = PairedRun(
        runner: runner, shape: BlockShape(load, length: shape), turns: usualTurns, time: time,
        deadline: budget.map { time.monotonicNow() + $0 }, progress: { _ in })
      let outcome = try run.run(&comparison)
      return (comparison, outcome)
    }
  }

  @Test("Every pair has a block of each side, in the order that the plan draws")
  func orders() async throws {
    let (comparison, outcome) = try await run(ComparisonTrial(), looks: [3, 5])
    #expect(comparison.pairs.count >= 3)
    #expect(outcome.blocks == 2 * comparison.pairs.count)
    #expect(outcome.overhead > .zero)
    for (number, pair) in comparison.pairs.enumerated() {
      #expect(pair.order == comparison.plan.order(ofPair: number))
      #expect(pair.inOrder.allSatisfy { $0.operations > 0 })
    }
    #expect(Set((0..<20).map(comparison.plan.order(ofPair:))).count == 2)
  }

  @Test("A head that syncs at every commit on a slow device is a regression")
  func regression() async throws {
    let trial = try ComparisonTrial(
      "\(ComparisonTrial.kv)\ndisk: { sync: 4ms }", base: ["storage.synchronous=off"],
      head: ["storage.synchronous=full"])
    let (comparison, _) = try await run(trial, looks: [8], alpha: 0.05)
    let decision = try #require(comparison.result.metrics.first)
    #expect(decision.outcome == .regression, "\(decision.reason)")
    #expect(decision.ratio ?? 1 < 0.5)
  }

  @Test("A block that holds too few operations goes on until it has them, and leaves nothing out")
  func extends() async throws {
    let trial = try ComparisonTrial(
      "load: { workload: kv, writers: 1, keys: { count: 50 }, think: 2ms, duration: 1s }")
    let metric = Metric.percentile(.p90, of: "store")
    let pairs = try await trial.withRunner { runner in
      let pilot = try BlockPilot(runner)
      let rule = try MetricRule(metric, effect: 0.5)
      let limits = LimitTable(looks: [1], alpha: 0.005, questions: 1)
      var comparison = PairedComparison(
        try ComparisonPlan(
          rules: [rule], question: .difference, limits: limits, thresholds: anyMachine,
          seed: Seed(3)))
      let load = try #require(runner.plan.cells[.base]).load
      // A hundred operations take a fifth of a second at least: a block of 40 ms is too short.
      let shape = BlockShape(load, length: .milliseconds(40))
      let needs = BlockNeeds([metric, .throughput], pilot, at: nil)
      #expect(needs.metrics == [metric])
      var run = PairedRun(
        runner: runner, shape: shape, turns: usualTurns, time: SystemTime(), deadline: nil,
        progress: { _ in })
      run.needs = needs
      _ = try run.run(&comparison)
      return comparison.pairs
    }
    for block in pairs.flatMap(\.inOrder) {
      #expect(block.duration > .milliseconds(150))
      let parts = block.duration.rawValue / 40_000_000
      #expect(block.operations >= 100 || parts == BlockNeeds.mostParts)
      #expect((block.latencies["store"]?.total ?? 0) - block.operations <= 1)
    }
  }

  @Test("When the time is over, what was measured is kept and nothing is decided")
  func outOfTime() async throws {
    let (comparison, outcome) = try await run(
      ComparisonTrial(), looks: [10_000], budget: .milliseconds(900))
    #expect(comparison.result.stopped == "out of time")
    #expect(comparison.result.metrics.map(\.outcome) == [.inconclusive])
    #expect(!outcome.wasInterrupted)
    #expect(outcome.blocks == 2 * comparison.pairs.count)
  }

  @Test("A database that fails its checks ends the comparison as incorrect")
  func violation() async throws {
    let trial = try ComparisonTrial(ComparisonTrial.brokenRule)
    let (comparison, _) = try await run(trial, looks: [1, 2])
    #expect(comparison.result.violations.contains { $0.hasPrefix("base: invariants") })
    #expect(comparison.result.statuses.contains(.incorrect))
    #expect(comparison.pairs.count == 1)
  }
}
