import AssayModel
import Testing

@testable import Statistics

@Suite("Quantiles with intervals")
struct QuantileTests {
  @Test("The ranks that bound a median are those of the sign test's table")
  func publishedRanks() {
    // Hollander, Wolfe and Chicken, 3.4 and table A.2; Conover, table A3.
    let six = QuantileRanks(fraction: 0.5, count: 6, confidence: 0.95)
    #expect(six.lower == 1 && six.upper == 6)
    #expect(abs(six.confidence - 0.96875) < 1e-12)
    let twenty = QuantileRanks(fraction: 0.5, count: 20, confidence: 0.95)
    #expect(twenty.lower == 6 && twenty.upper == 15)
    let five = QuantileRanks(fraction: 0.5, count: 5, confidence: 0.95)
    #expect(five.lower == nil && five.upper == nil, "five values hold no 95 % interval")
  }

  @Test("A p99 of 300 values has a lower bound and no upper one")
  func extremes() {
    let ranks = QuantileRanks(fraction: 0.99, count: 300, confidence: 0.95)
    #expect(ranks.lower != nil)
    #expect(ranks.upper == nil)
    let sorted = (1...300).map(Double.init)
    let interval = SampleQuantile.interval(0.99, sorted: sorted)
    #expect(interval.upper == .infinity && interval.lower < 297)
    #expect(interval.confidence >= 0.95)
  }

  @Test("Intervals of a skewed distribution hold the true quantile as often as they say")
  func coverage() {
    let seed = Seed(501)
    var generator = SeededGenerator(seed)
    for fraction in [0.5, 0.9] {
      // Of x = u^4 with u uniform the quantile is fraction^4.
      let truth = fraction * fraction * fraction * fraction
      var held = 0
      for _ in 0..<1_000 {
        let values = (0..<60).map { _ in
          let u = generator.unit()
          return u * u * u * u
        }.sorted()
        if SampleQuantile.interval(fraction, sorted: values).contains(truth) { held += 1 }
      }
      let expected = QuantileRanks(fraction: fraction, count: 60, confidence: 0.95).confidence
      // Three standard errors of 1,000 trials.
      #expect(abs(Double(held) / 1_000 - expected) < 0.02, "seed \(seed): \(held) of 1,000")
    }
  }

  @Test("A histogram's interval is that of its values")
  func histogram() {
    var histogram = LatencyHistogram()
    for value in 1...500 { histogram.record(UInt64(value)) }
    let fromCounts = histogram.counts.interval(0.9)
    let fromValues = SampleQuantile.interval(0.9, sorted: (1...500).map(Double.init))
    #expect(fromCounts == fromValues)
    #expect(HistogramCounts().interval(0.5).upper == .infinity)
    let merged = HistogramCounts.merged([histogram.counts, histogram.counts, histogram.counts])
    #expect(merged.total == 1_500)
  }

  @Test("p99 takes 1,000 operations and p99.9 takes 10,000")
  func capacity() {
    #expect(PercentileCapacity.operationsNeeded(0.5) == 20)
    #expect(PercentileCapacity.operationsNeeded(0.9) == 100)
    #expect(PercentileCapacity.operationsNeeded(0.99) == 1_000)
    #expect(PercentileCapacity.operationsNeeded(0.999) == 10_000)
    #expect(PercentileCapacity.isHeld(0.99, by: 1_000))
    #expect(!PercentileCapacity.isHeld(0.99, by: 999))
  }
}
