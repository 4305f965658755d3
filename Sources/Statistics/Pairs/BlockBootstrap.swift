public import AssayModel

/// Resamples measured values in runs of neighbouring blocks, so that the correlation between
/// neighbours is preserved.
///
/// Source: Politis and Romano, "A Circular Block-Resampling Procedure for Stationary Data" (1992);
/// Kuensch, Annals of Statistics 17 (1989).
public enum BlockBootstrap {
  /// Returns places in the recording: runs of neighbours from random starts, the end followed by
  /// the beginning.
  ///
  /// - Parameters:
  ///   - count: number of places.
  ///   - recorded: number of places to draw from, at least 1.
  ///   - run: length of a run, at least 1; a longer one than recorded is cut.
  ///   - generator: where the starts come from.
  public static func places(
    _ count: Int, of recorded: Int, run: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    precondition(recorded > 0, "nothing to draw from")
    precondition(run > 0, "a run of \(run)")
    var places: [Int] = []
    places.reserveCapacity(count)
    while places.count < count {
      let start = generator.below(recorded)
      for step in 0..<min(run, recorded, count - places.count) {
        places.append((start + step) % recorded)
      }
    }
    return places
  }

  /// Returns the percentile interval of a statistic of the blocks.
  ///
  /// - Parameters:
  ///   - values: one per block or pair of blocks, in the order of measurement.
  ///   - run: length of a run; 1 takes blocks as independent.
  ///   - resamples: at least 100.
  ///   - confidence: two-sided, in 0.5..<1.
  ///   - seed: the seed of the resamples.
  ///   - statistic: the statistic of a sample, such as its median.
  /// Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 13.3.
  public static func interval(
    _ values: [Double], run: Int = 1, resamples: Int = 2_000, confidence: Double = 0.95,
    seed: Seed, statistic: ([Double]) -> Double
  ) -> ConfidenceInterval {
    precondition(resamples >= 100, "\(resamples) resamples")
    precondition((0.5..<1).contains(confidence), "confidence \(confidence) lies outside 0.5..<1")
    var generator = SeededGenerator(seed)
    var found: [Double] = []
    found.reserveCapacity(resamples)
    for _ in 0..<resamples {
      let drawn = places(values.count, of: values.count, run: run, using: &generator)
      found.append(statistic(drawn.map { values[$0] }))
    }
    found.sort()
    let tail = (1 - confidence) / 2
    return ConfidenceInterval(
      lower: SampleQuantile.estimate(tail, sorted: found),
      upper: SampleQuantile.estimate(1 - tail, sorted: found), confidence: confidence)
  }
}
