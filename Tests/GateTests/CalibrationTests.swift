import AssayModel
import Foundation
import Testing

@testable import Gate

@Suite("Calibration and baselines")
struct CalibrationTests {
  private let machine = Fingerprint(
    processor: "P", cores: 2, kernel: "6.1", fileSystem: "ext4", mount: "rw,relatime",
    sqliteSourceID: "2022-12-28 df5c253c")

  private func recorded(_ count: Int, _ seed: Seed, jitter: Double) throws -> (
    ComparisonPlan, [BlockPair]
  ) {
    let plan = try plan(seed: seed)
    var noisy = NoisyMachine(seed)
    noisy.jitter = jitter
    noisy.wandering = 0.1
    let round = PairedComparison.Round(
      firstPair: 0, orders: (0..<count).map(plan.order(ofPair:)))
    return (plan, pairs(round, on: &noisy, headSlower: 0))
  }

  @Test("A calm machine can gate 5 %, with its false alarms bounded by 3 / R")
  func gateable() throws {
    let seed = Seed(60)
    let (plan, pairs) = try recorded(120, seed, jitter: 0.02)
    let calibration = try WorkloadCalibration(
      name: "kv", workloadDigest: "d", plan: plan, pairs: pairs, gates: 100)
    let metric = calibration.metrics[0]
    print("calibrated: \(metric), seed \(seed)")
    #expect(metric.isGateable, "seed \(seed): \(metric.obstacle ?? "")")
    #expect(metric.falseAlarms == 0 && abs(metric.falseAlarmBound - 0.0295) < 0.0005)
    #expect(metric.power >= 0.95)
    #expect(try #require(metric.smallestDetectable) < 0.05)
    #expect(metric.autocorrelation > 0.5 && metric.blockSpread > metric.pairSpread)
  }

  @Test("A machine that is too noisy for 5 % says not gateable here")
  func notGateable() throws {
    let seed = Seed(61)
    let (plan, pairs) = try recorded(60, seed, jitter: 0.3)
    let metric = try WorkloadCalibration(
      name: "kv", workloadDigest: "d", plan: plan, pairs: pairs, gates: 30
    ).metrics[0]
    #expect(!metric.isGateable)
    #expect(try #require(metric.obstacle).hasPrefix("not gateable here: finds"))
    #expect(try #require(metric.smallestDetectable) > 0.05)
  }

  @Test("A percentile that the blocks do not hold is not gateable, too few pairs are refused")
  func tooFew() throws {
    let (_, pairs) = try recorded(30, Seed(62), jitter: 0.02)
    let tail = try plan(Metric("p99.9"), seed: Seed(62))
    let metric = try WorkloadCalibration(
      name: "kv", workloadDigest: "d", plan: tail, pairs: pairs, gates: 10
    ).metrics[0]
    #expect(metric.obstacle == "a block of the base has 2000 operations, p99.9 takes 10000")
    #expect(throws: GateError.self) {
      try WorkloadCalibration(
        name: "kv", workloadDigest: "d", plan: tail, pairs: Array(pairs.prefix(19)), gates: 10)
    }
  }

  @Test("A calibration of another machine, scenario or schema does not hold")
  func calibrationMismatch() {
    var calibration = Calibration(scenario: "s", fingerprint: machine, workloads: [])
    #expect(calibration.mismatch(scenario: "s", fingerprint: machine) == nil)
    #expect(calibration.mismatch(scenario: "t", fingerprint: machine)?.code == .otherScenario)
    var other = machine
    other.cores = 4
    #expect(calibration.mismatch(scenario: "s", fingerprint: other)?.code == .otherMachine)
    calibration.schema += 1
    #expect(calibration.mismatch(scenario: "s", fingerprint: machine)?.code == .otherSchema)
  }

  private var baseline: Baseline {
    var baseline = Baseline(
      scenario: "gate-kv", fingerprint: machine,
      workloads: [
        Baseline.Workload(name: "kv", workloadDigest: "w", sessions: [[BlockMaker().block(0)]])
      ])
    baseline.digest = "abc"
    return baseline
  }

  private var purpose: Baseline.Purpose {
    Baseline.Purpose(
      scenario: "gate-kv", fingerprint: machine, workloadDigests: ["kv": "w"],
      contentDigest: "abc")
  }

  @Test("A baseline that fits is used, and one of another machine names the difference, exit 5")
  func otherMachine() throws {
    #expect(baseline.mismatch(against: purpose) == nil)
    var elsewhere = purpose
    elsewhere.fingerprint.kernel = "6.5"
    let error = try #require(baseline.mismatch(against: elsewhere))
    #expect(error.code == .otherMachine && error.exitStatus == .environment)
    #expect(error.found == "kernel '6.1' instead of '6.5'")
    elsewhere.fingerprint = Fingerprint(
      processor: "Q", cores: 1, kernel: "x", fileSystem: "xfs", mount: "m", sqliteSourceID: "y")
    #expect(elsewhere.fingerprint.differences(from: machine).count == 6)
  }

  @Test("Another schema, scenario or workload, and a damaged baseline, exit with 64")
  func unreadable() throws {
    func code(_ change: (inout Baseline, inout Baseline.Purpose) -> Void) throws -> GateError.Code {
      var (changed, wanted) = (baseline, purpose)
      change(&changed, &wanted)
      let error = try #require(changed.mismatch(against: wanted))
      #expect(error.exitStatus == .usage)
      return error.code
    }
    #expect(try code { baseline, _ in baseline.schema += 1 } == .otherSchema)
    #expect(try code { baseline, _ in baseline.scenario = "x" } == .otherScenario)
    #expect(try code { _, wanted in wanted.contentDigest = "abd" } == .damaged)
    #expect(try code { baseline, _ in baseline.workloads = [] } == .otherWorkload)
    #expect(try code { _, wanted in wanted.workloadDigests["kv"] = "v" } == .otherWorkload)
    #expect(
      try code { baseline, _ in baseline.workloads[0].sessions[0][0].duration = .zero } == .damaged)
    // Work before machine: a damaged file of another machine is unreadable.
    #expect(
      try code { baseline, wanted in
        baseline.scenario = "x"
        wanted.fingerprint.cores = 9
      } == .otherScenario)
  }

  @Test("Raw blocks survive JSON, and the content has no digest")
  func json() throws {
    let data = try JSONEncoder().encode(baseline)
    #expect(try JSONDecoder().decode(Baseline.self, from: data) == baseline)
    #expect(baseline.content.digest.isEmpty && baseline.content.workloads == baseline.workloads)
  }

  @Test("A recording of nothing, or of unequal lengths, is refused")
  func badRecording() throws {
    let rules = [try MetricRule(.throughput), try MetricRule(Metric("p99"))]
    for series in [[], [[]], [[], []], [[1, 2], [1]], [[1.0]]] {
      #expect(throws: GateError.self) {
        try ResampledGate(
          rules: rules, question: .worsening, limits: doubleLimits, series: series)
      }
    }
  }
}
