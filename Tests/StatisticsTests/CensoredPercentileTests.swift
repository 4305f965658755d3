import AssayModel
import Testing

@testable import Statistics

@Suite("Percentiles with operations that had not ended")
struct CensoredPercentileTests {
  private func counts(_ values: [UInt64]) -> HistogramCounts {
    var histogram = LatencyHistogram()
    for value in values { histogram.record(value) }
    return histogram.counts
  }

  private func result(_ exact: [UInt64], censored: [UInt64]) -> LatencyResult {
    LatencyResult(counts(exact), censored: counts(censored))
  }

  @Test("Without such operations nothing changes")
  func none() {
    let result = result([1, 2, 3, 4], censored: [])
    #expect(result == LatencyResult(counts([1, 2, 3, 4])))
    #expect(result.lowerBounds == nil && result.censored == nil)
  }

  @Test("Seven starved writers decide the high figures of one that had all turns, as lower bounds")
  func starved() {
    let exact = [UInt64](repeating: 18, count: 678)
    let ages = [UInt64](repeating: 2_200, count: 7)
    let result = result(exact, censored: ages)
    #expect(result.count == 678)
    #expect(result.censored == 7)
    #expect(result.p50 == 18 && result.p90 == 18)
    // 685 values: rank 679 is the first age.
    #expect(result.p99 == 2_200)
    #expect(result.max == 2_200)
    #expect(result.lowerBounds == ["p99", "max"])
    #expect(result.histogram.total == 678)
    #expect(result.withCensored.total == 685)
  }

  @Test("A short age below exact values decides nothing")
  func shortAges() {
    let result = result(Array(101...200), censored: [5])
    #expect(result.max == 200)
    #expect(result.lowerBounds == nil)
    #expect(result.p50 == 150)
  }

  @Test("One age among many values of its size makes no percentile a lower bound")
  func lonelyAge() {
    // Far enough apart for a bucket each, which are 512 wide here.
    let exact = (0..<500).map { 300_000 + UInt64($0) * 1_000 }
    let result = result(exact, censored: [exact[249] + 500])
    // Rank 251 of 501 is the age.
    #expect(result.censored == 1)
    #expect(result.p50.map { $0 > exact[249] && $0 < exact[250] } == true)
    #expect(result.lowerBounds == nil)
  }

  @Test("Of equal values the exact ones come first, and the largest one stays exact")
  func ties() {
    let result = result([10, 10], censored: [10, 10])
    #expect(result.p50 == 10)
    #expect(result.max == 10)
    #expect(result.lowerBounds == nil)
  }

  @Test("Where nothing was acknowledged every figure is a lower bound")
  func onlyAges() {
    let result = result([], censored: [7, 8])
    #expect(result.count == 0)
    #expect(result.p50 == 7 && result.max == 8)
    #expect(result.lowerBounds == ["p50", "max"])
  }

  @Test("No percentile gets smaller by an age, wherever the age lies", arguments: 1...20)
  func monotone(seed: UInt64) {
    var generator = SeededGenerator(Seed(seed))
    let exact = (0..<1_000).map { _ in UInt64(generator.below(100_000)) }
    let ages = (0..<generator.below(300)).map { _ in UInt64(generator.below(100_000)) }
    // The same operations, had they ended at a later time each.
    let later = ages.map { $0 + UInt64(generator.below(100_000)) }
    let bound = result(exact, censored: ages)
    let truth = result(exact + later, censored: [])
    for (low, high) in [
      (bound.p50, truth.p50), (bound.p90, truth.p90), (bound.p99, truth.p99),
      (bound.max, truth.max),
    ] {
      // Equal values of one bucket differ by 1/1000 at most.
      #expect(Double(low ?? 0) <= Double(high ?? 0) * 1.001, "seed \(seed)")
    }
  }
}
