import AssayModel
import Testing

@testable import Statistics

@Suite("Latency histograms")
struct LatencyHistogramTests {
  /// Latencies from nanoseconds to minutes, every decade equally often.
  private func latencies(_ seed: UInt64, _ count: Int) -> [UInt64] {
    var generator = SeededGenerator(Seed(seed))
    return (0..<count).map { _ in
      var decade: UInt64 = 1
      for _ in 0..<generator.below(11) { decade *= 10 }
      return decade + UInt64(generator.unit() * Double(decade) * 9)
    }
  }

  private func recorded(_ values: some Sequence<UInt64>) -> LatencyHistogram {
    var histogram = LatencyHistogram()
    for value in values { histogram.record(value) }
    return histogram
  }

  @Test("Every percentile lies within 1/1000 above that of the sorted values", arguments: 1...5)
  func percentilesAgainstSorting(seed: UInt64) {
    let values = latencies(seed, 2_000)
    let sorted = values.sorted()
    let counts = recorded(values).counts
    for thousandths in 1..<1_000 {
      let fraction = Double(thousandths) / 1_000
      let exact = sorted[max(1, (2_000 * thousandths + 999) / 1_000) - 1]
      let found = counts.percentile(fraction) ?? 0
      #expect(
        found >= exact && Double(found - exact) <= Double(exact) / 1_000,
        "seed \(seed), p\(fraction * 100): \(found) instead of \(exact)")
    }
  }

  @Test("Merging equals recording together", arguments: 1...5)
  func merging(seed: UInt64) {
    let (left, right) = (latencies(seed, 700), latencies(seed + 100, 900))
    let together = recorded(left + right).counts
    var sum = recorded(left)
    sum.add(recorded(right).counts)
    #expect(sum.counts == together, "seed \(seed)")
    #expect(recorded(left).counts.merged(with: recorded(right).counts) == together, "seed \(seed)")
    #expect(recorded(right).counts.merged(with: recorded(left).counts) == together, "seed \(seed)")
  }

  @Test("Counts read back give the same counts")
  func roundTrip() {
    let counts = recorded(latencies(9, 1_000)).counts
    #expect(LatencyHistogram(counts).counts == counts)
    #expect(counts.total == 1_000)
    #expect(counts.values == counts.values.sorted())
    #expect(counts.counts.allSatisfy { $0 > 0 })
  }

  @Test("The smallest and the largest value are exact, whatever their bucket")
  func exactEnds() {
    let counts = recorded([1_234_567, 89, 7_654_321]).counts
    #expect(counts.min == 89)
    #expect(counts.max == 7_654_321)
    #expect(counts.percentile(1) == 7_654_321)
  }

  @Test("No percentile lies above the exact maximum")
  func cappedByMaximum() {
    let histogram = recorded(repeatElement(1_000_001, count: 100))
    #expect(histogram.percentile(0.5) == 1_000_001)
    #expect(histogram.percentile(0.99) == 1_000_001)
  }

  @Test("Zero, and values beyond the range, are counted and keep their exact ends")
  func extremes() {
    var histogram = recorded([0, .max])
    #expect(histogram.count == 2)
    #expect(histogram.counts.min == 0)
    #expect(histogram.counts.max == .max)
    histogram.add(histogram.counts)
    #expect(histogram.count == 4)
    #expect(histogram.counts.max == .max)
    #expect(LatencyHistogram.highestTrackable > 3_600_000_000_000)
  }

  @Test(
    "A percentile needs one value beyond it",
    arguments: [
      (0.5, 2), (0.9, 10), (0.99, 100), (0.999, 1_000), (1, 1),
    ] as [(Double, Int)])
  func heldPercentiles(fraction: Double, needed: Int) {
    #expect(recorded(0..<UInt64(needed)).percentile(fraction) != nil)
    #expect(recorded(0..<UInt64(needed - 1)).percentile(fraction) == nil)
  }

  @Test("An empty histogram has no percentile, and merges as nothing")
  func empty() {
    let nothing = LatencyHistogram().counts
    #expect(nothing == HistogramCounts())
    #expect(LatencyHistogram(nothing).result.max == nil)
    let something = recorded([5, 7]).counts
    #expect(something.merged(with: nothing) == something)
    #expect(nothing.merged(with: something) == something)
    var histogram = recorded([5])
    histogram.add(nothing)
    #expect(histogram.counts.min == 5)
  }

  @Test("A result carries the percentiles, the count and the whole distribution")
  func result() {
    let result = recorded(1...1_000).result
    #expect(result.count == 1_000)
    #expect(result.p50 == 500)
    #expect(result.p90 == 900)
    #expect(result.p99 == 990)
    #expect(result.p999 == 999)
    #expect(result.max == 1_000)
    #expect(result.histogram.total == 1_000)
    #expect(recorded(1...99).result.p99 == nil)
  }
}
