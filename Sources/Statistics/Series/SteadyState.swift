/// The end of a series' warm-up, and a check that the series has settled.
public enum SteadyState {
  /// Returns the number of values to leave out at the start, by MSER-5: the cut after which the
  /// mean of the rest is known most precisely.
  ///
  /// - Returns: a multiple of 5; `nil` if the best cut lies in the second half, which means that
  ///   the series has not settled, or if there are fewer than 20 values.
  /// - Complexity: O(number of values).
  /// Source: White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output",
  /// Simulation 69 (1997); batches of five: White, Cobb and Spratt (2000).
  public static func warmUp(_ values: [Double]) -> Int? {
    let size = 5
    let batches = (0..<(values.count / size)).map { batch in
      values[(batch * size)..<((batch + 1) * size)].reduce(0, +) / Double(size)
    }
    guard batches.count >= 4 else { return nil }
    // Leave-out suffixes from the back, so that each cut costs one step.
    var best = (cut: batches.count, error: Double.infinity)
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    for cut in batches.indices.reversed() {
      count += 1
      let distance = batches[cut] - mean
      mean += distance / count
      squares += distance * (batches[cut] - mean)
      // The last few batches look settled by chance.
      if count >= 3, squares / (count * count) <= best.error {
        best = (cut, squares / (count * count))
      }
    }
    return best.cut <= batches.count / 2 ? best.cut * size : nil
  }

  /// Returns true if the last `window` values are level: the least-squares line through them rises
  /// or falls by at most `limit` of their mean from one end to the other.
  ///
  /// - Parameters:
  ///   - values: one per block, in order.
  ///   - window: at least 3; fewer values never count as settled.
  ///   - limit: share of the mean, above 0, such as 0.05.
  /// Source: fio, `steadystate=iops_slope` and `ss_dur`.
  public static func hasSettled(_ values: [Double], window: Int, limit: Double) -> Bool {
    precondition(window >= 3, "a window of \(window)")
    precondition(limit > 0, "a limit of \(limit)")
    guard values.count >= window else { return false }
    let last = Array(values.suffix(window))
    let mean = last.reduce(0, +) / Double(window)
    guard mean != 0 else { return last.allSatisfy { $0 == 0 } }
    let middle = Double(window - 1) / 2
    var (above, below) = (0.0, 0.0)
    for (place, value) in last.enumerated() {
      let distance = Double(place) - middle
      above += distance * (value - mean)
      below += distance * distance
    }
    return abs(above / below * Double(window - 1)) <= limit * abs(mean)
  }
}
