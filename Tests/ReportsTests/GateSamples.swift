import AssayModel
import Gate

@testable import Reports

/// Gates as tests need them: one workload with everything that can come out.
enum GateSample {
  static func side(_ label: String) -> ComparisonRecord.Side {
    ComparisonRecord.Side(
      label: label,
      environment: RunEnvironment(
        processor: "Test", processors: 2, memoryBytes: 1, kernel: "6", fileSystem: "ext4",
        sqliteVersion: "3.40.1", sqliteSourceID: "id", compileOptions: [], assayVersion: "1"))
  }

  static func metric(
    _ metric: Metric, _ outcome: SequentialRule.Outcome, reason: String = "it is so",
    estimate: Double? = 0.05
  ) throws -> MetricDecision {
    var decision = MetricDecision.notMeasured(
      try MetricRule(metric), outcome, because: reason)
    decision.estimate = estimate
    decision.lower = estimate.map { $0 - 0.01 }
    decision.upper = estimate.map { $0 + 0.01 }
    decision.pairs = 40
    return decision
  }

  static func count(
    _ name: String, _ base: UInt64, _ head: UInt64, _ outcome: CountComparison.Outcome
  ) -> CountComparison {
    CountComparison(
      name: name, base: base, head: head, operations: 1_000, outcome: outcome,
      reason: "\(name) \(base) before, \(head) now")
  }

  static func record(
    _ metrics: [MetricDecision], counts: [CountComparison] = [], violations: [String] = [],
    missing: GateDecision.TimesMissing? = nil, calibration: [MetricCalibration] = []
  ) -> GateRecord {
    let comparison = ComparisonResult(metrics: metrics, pairs: 40, looks: 2)
    let decision = GateDecision(
      workloads: [
        GateDecision.Workload(
          name: "shop", comparison: missing == nil ? comparison : nil, counts: counts,
          violations: violations)
      ], timesMissing: missing)
    let block = BlockMeasurement(operations: 1_000, duration: .milliseconds(250))
    let part = GateRecord.Part(
      targetRate: 700, blockLength: .milliseconds(250), metrics: metrics.map(\.rule.metric),
      base: [block], head: [block])
    var workload = GateRecord.Workload(
      name: "shop", question: "Is it slower?", workloadDigest: "d", base: side("a=1"),
      head: side("the scenario as it stands"), countedOperations: 1_000, parts: [part],
      calibration: calibration)
    workload.metrics = metrics.isEmpty ? ["throughput"] : metrics.map(\.rule.metric.description)
    return GateRecord(
      run: "run", started: WallTime(milliseconds: 0), elapsed: .seconds(3), seed: Seed(1),
      isInterleaved: true, workloads: [workload], decision: decision)
  }

  /// A regression of throughput and an unknown p99, one more sync, and a name that needs escapes.
  static func red() throws -> GateRecord {
    record(
      [
        try metric(.throughput, .regression, reason: "-4.88 %, \"<margin>\" & 100%"),
        try metric(.percentile(.p99, of: "store"), .inconclusive, reason: "7 % is possible"),
        try metric(.percentile(.p50, of: "store"), .improvement, estimate: -0.2),
      ],
      counts: [
        count("vfs.sync.wal.calls", 6, 7, .increased), count("vfs.write.wal.calls", 9, 9, .same),
        count("a|b", 9, 8, .decreased),
      ])
  }
}
