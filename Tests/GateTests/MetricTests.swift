import AssayModel
import Foundation
import Testing

@testable import Gate

@Suite("Metrics")
struct MetricTests {
  @Test(
    "A metric reads back as it was written",
    arguments: [
      "throughput", "p50", "p90", "p99", "p99.9", "p99(store)", "counts", "counts(syncs)",
      "memory", "disk", "wal", "written",
    ])
  func roundTrip(text: String) throws {
    let metric = try Metric(text)
    #expect(metric.description == text)
    let coded = try JSONEncoder().encode([metric])
    #expect(try JSONDecoder().decode([Metric].self, from: coded) == [metric])
  }

  @Test(
    "What is no metric is refused with what is allowed",
    arguments: [
      "", "p95", "P99", "p99(", "p99()", "p99(a)(b)", "p99(a b)", "throughput(store)", "speed",
      "memory(x)", "p99)",
    ])
  func badText(text: String) throws {
    let error = try #require(throws: GateError.self) { try Metric(text) }
    #expect(error.code == .metric && error.found == "'\(text)'")
    #expect(error.allowed.contains("p99.9"))
    #expect(error.exitStatus == .usage)
  }

  @Test("Margins are 2.5 % of throughput and 5 % of percentiles, effects twice that")
  func defaults() throws {
    let throughput = try MetricRule(.throughput)
    #expect(throughput.margin == 0.025 && throughput.effect == 0.05)
    let tail = try MetricRule(Metric("p99"))
    #expect(tail.margin == 0.05 && tail.effect == 0.10)
    #expect(try MetricRule(.throughput, effect: 0.2).margin == 0.1)
    #expect(try MetricRule(.throughput, margin: 0.04).effect == 0.08)
  }

  @Test("A margin above the effect, a negative one and one of counts are refused")
  func badMargins() throws {
    #expect(throws: GateError.self) { try MetricRule(.throughput, margin: 0.1, effect: 0.05) }
    #expect(throws: GateError.self) { try MetricRule(.throughput, margin: -0.1) }
    #expect(throws: GateError.self) { try MetricRule(.throughput, margin: 0, effect: 0.1) }
    #expect(throws: GateError.self) { try MetricRule(.throughput, effect: .nan) }
    #expect(throws: GateError.self) { try MetricRule(Metric("counts")) }
    let bad = Data(#"{"metric": "p99", "margin": 0.5, "effect": 0.1}"#.utf8)
    #expect(throws: (any Error).self) { try JSONDecoder().decode(MetricRule.self, from: bad) }
  }

  @Test("More throughput is better, more of anything else worse")
  func signs() throws {
    let maker = BlockMaker()
    let (fast, slow) = (maker.block(0), maker.block(0.1))
    for metric in [Metric.throughput, try Metric("p99"), try Metric("p50(store)")] {
      let worse = try #require(LogRatios.worsening(metric, base: fast, head: slow))
      #expect(abs(worse - 0.1) < 0.01, "\(metric)")
      #expect(LogRatios.worsening(metric, base: slow, head: fast) == -worse)
    }
  }

  @Test("A side that did nothing is infinitely worse, but as a finite number")
  func nothingDone() {
    let maker = BlockMaker()
    var dead = maker.block(0)
    dead.operations = 0
    let alive = maker.block(0)
    #expect(LogRatios.worsening(.throughput, base: alive, head: dead) == LogRatios.limit)
    #expect(LogRatios.worsening(.throughput, base: dead, head: alive) == -LogRatios.limit)
    #expect(LogRatios.worsening(.throughput, base: dead, head: dead) == 0)
  }

  @Test("A percentile of all kinds is that of the merged histograms")
  func mergedKinds() throws {
    let block = BlockMeasurement(
      operations: 2_000, duration: .seconds(1),
      latencies: [
        "read": HistogramCounts(values: [10], counts: [1_000], min: 10, max: 10),
        "store": HistogramCounts(values: [500], counts: [1_000], min: 500, max: 500),
      ])
    #expect(try Metric("p50").reading(in: block) == .value(10))
    #expect(try Metric("p90").reading(in: block) == .value(500))
    #expect(try Metric("p90(read)").reading(in: block) == .value(10))
    #expect(try Metric("p90(scan)").reading(in: block) == .missing("scan"))
  }

  @Test("Blocks of 900 operations do not hold p99, and the reason says so")
  func tooFewOperations() throws {
    let histogram = HistogramCounts(values: [5], counts: [900], min: 5, max: 5)
    let block = BlockMeasurement(
      operations: 900, duration: .seconds(1), latencies: ["store": histogram])
    let pair = BlockPair(order: .baseFirst, base: block, head: block)
    guard case .notHeld(let reason) = LogRatios(try Metric("p99"), of: [pair, pair]) else {
      Issue.record("held")
      return
    }
    #expect(reason == "blocks of the base have 900 operations on average, p99 takes 1000")
    #expect(LogRatios(try Metric("p90"), of: [pair]) == .values([0]))
    guard case .notHeld(let tail) = LogRatios(try Metric("p99.9"), of: [pair]) else {
      Issue.record("held")
      return
    }
    #expect(tail == "a block of the base has 900 operations, p99.9 takes 10000")
  }
}
