import AssayModel
import Gate
import ScenarioFiles
import Testing

@testable import Runner

@Suite("What a gate measures together")
struct GatePartTests {
  private func parts(_ gate: String) async throws -> [GatePart] {
    let trial = try ComparisonTrial()
    let file = try ScenarioFile(
      text: Text.scenario("\(ComparisonTrial.kv)\n\(gate)"), name: "sample.yaml")
    let plan = try file.plan(seed: Seed(1))
    let subject = try GateSubject(alone: (plan: plan, variant: ComparisonVariant()))
    return try await trial.withRunner { runner in try subject.parts(runner, slice: nil) }
  }

  private static func times(_ count: UInt64) -> HistogramCounts {
    HistogramCounts(values: [5], counts: [count], min: 5, max: 5)
  }

  @Test("Percentiles are measured at 70 % of what the base's own blocks do, the rest closed")
  func rates() async throws {
    let parts = try await parts("gate: { metrics: [p99(store), throughput, disk] }")
    #expect(
      parts.map { $0.rules.map(\.metric.description) } == [["throughput", "disk"], ["p99(store)"]])
    #expect(parts[0].targetRate == nil)
    #expect(parts[1].targetRate != nil)
    let blocks = [900, 1_000, 5_000].map { stores in
      // What follows from another operation does not arrive by itself.
      BlockMeasurement(
        operations: 2 * stores, duration: .seconds(1),
        latencies: ["store": Self.times(stores), "release": Self.times(stores)])
    }
    #expect(parts[1].afterBlocks(of: blocks).targetRate == 700)
    #expect(parts[1].afterBlocks(of: blocks).shape.rate == .perSecond(700))
    #expect(parts[1].afterBlocks(of: nil).targetRate == parts[1].targetRate)
    #expect(parts[0].afterBlocks(of: blocks).targetRate == nil)
  }

  @Test("A rate of the scenario's own stays; closed measures everything together")
  func ownRates() async throws {
    let fixed = try await parts("gate: { rate: 500/s }")
    #expect(fixed.map(\.targetRate) == [nil, 500])
    let block = BlockMeasurement(operations: 9, duration: .seconds(1))
    #expect(fixed[1].afterBlocks(of: [block]).targetRate == 500)
    #expect(fixed[0].rules.map(\.metric) == [.throughput])
    #expect(fixed[1].rules.map(\.metric) == [.percentile(.p99, of: "store")])
    let closed = try await parts("gate: { rate: closed }")
    #expect(closed.map(\.rules.count) == [2])
  }

  @Test("A margin of the metric itself comes before one of its word, and the usual one last")
  func margins() throws {
    let file = try ScenarioFile(
      text: Text.scenario(
        """
        \(ComparisonTrial.kv)
        gate:
          metrics: [throughput, p99(store), p99(load)]
          margins: { p99: 8%, p99(store): 3% }
        """), name: "sample.yaml")
    let plan = try file.plan(seed: Seed(1))
    let subject = try GateSubject(alone: (plan: plan, variant: ComparisonVariant()))
    #expect(try subject.rules(mainKind: nil).map(\.margin) == [0.025, 0.03, 0.08])
    #expect(subject.questions == 3)
  }
}
