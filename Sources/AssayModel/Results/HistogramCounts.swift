/// A histogram of nanoseconds as plain sparse counts with the layout it was recorded in.
///
/// Histograms of the same layout merge exactly. Layout: Tene's HdrHistogram.
public struct HistogramCounts: Hashable, Codable, Sendable {
  /// Number of decimal digits kept: 3 means a relative error of at most 1/1000.
  public var significantDigits: Int
  /// Upper edge of each non-empty bucket, ascending.
  public var values: [UInt64]
  /// Number of values in each of those buckets.
  public var counts: [UInt64]
  /// Smallest value, exact; 0 when empty.
  public var min: UInt64
  /// Largest value, exact; 0 when empty.
  public var max: UInt64

  /// Creates counts; `values` and `counts` have the same length.
  public init(
    significantDigits: Int = 3, values: [UInt64] = [], counts: [UInt64] = [], min: UInt64 = 0,
    max: UInt64 = 0
  ) {
    precondition(values.count == counts.count, "\(values.count) values, \(counts.count) counts")
    self.significantDigits = significantDigits
    self.values = values
    self.counts = counts
    self.min = min
    self.max = max
  }

  /// Number of values recorded.
  public var total: UInt64 { counts.reduce(0, +) }
}
