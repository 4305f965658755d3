// Statistics: the distribution of operation latencies.
//
// The problem: ten million latencies between 100 ns and minutes must be kept without an array of
// ten million, merged over actors, processes and repetitions, and give the same percentiles as if
// one actor had recorded all of them. The model: buckets whose width grows with the value (Tene's
// HdrHistogram), so that each value is known to 1/1000 of itself. Limitation: values of one bucket
// cannot be told apart; only the smallest and the largest value are exact.

public import AssayModel
import Histogram

/// Counts latencies in nanoseconds with a relative error of at most 1/1000.
///
/// Recording takes a few nanoseconds and never allocates. One actor owns one histogram; those of
/// several actors are merged through `HistogramCounts`. About 270 KB each.
public struct LatencyHistogram: Sendable {
  /// Values above this one (73 minutes) are counted in the last bucket; `largest` stays exact.
  public static let highestTrackable: UInt64 = (1 << 42) - 1

  private var histogram: Histogram<UInt64>
  private var smallest: UInt64 = .max
  private var largest: UInt64 = 0

  /// Creates an empty histogram and all its memory.
  public init() {
    histogram = Histogram(
      lowestDiscernibleValue: 1, highestTrackableValue: Self.highestTrackable,
      numberOfSignificantValueDigits: .three)
  }

  /// Creates a histogram from counts recorded elsewhere.
  ///
  /// - Precondition: as for `add(_:)`.
  public init(_ counts: HistogramCounts) {
    self.init()
    add(counts)
  }

  /// Number of values recorded.
  public var count: UInt64 { histogram.totalCount }

  /// Counts one value.
  public mutating func record(_ nanoseconds: UInt64) {
    histogram.record(min(nanoseconds, Self.highestTrackable))
    if nanoseconds < smallest { smallest = nanoseconds }
    if nanoseconds > largest { largest = nanoseconds }
  }

  /// Adds counts recorded elsewhere; the result is the same as if they had been recorded here.
  ///
  /// - Precondition: the counts have the same layout (three significant digits).
  public mutating func add(_ counts: HistogramCounts) {
    precondition(
      counts.significantDigits == 3, "\(counts.significantDigits) significant digits, not 3")
    for (value, count) in zip(counts.values, counts.counts) where count > 0 {
      histogram.record(min(value, Self.highestTrackable), count: count)
    }
    guard counts.values.isEmpty == false else { return }
    smallest = min(smallest, counts.min)
    largest = max(largest, counts.max)
  }

  /// The recorded values, as plain sparse counts.
  ///
  /// - Complexity: O(number of buckets).
  public var counts: HistogramCounts {
    guard count > 0 else { return HistogramCounts() }
    var values: [UInt64] = []
    var counts: [UInt64] = []
    for entry in histogram.recordedValues() {
      values.append(entry.value)
      counts.append(entry.count)
    }
    return HistogramCounts(values: values, counts: counts, min: smallest, max: largest)
  }

  /// Returns the latency below or at which `fraction` of the values lie; see
  /// `HistogramCounts.percentile(_:)`.
  public func percentile(_ fraction: Double) -> UInt64? {
    counts.percentile(fraction)
  }

  /// The distribution as results carry it.
  public var result: LatencyResult { LatencyResult(counts) }
}
