public import AssayModel
import Statistics

/// What a block says about a metric.
public enum MetricReading: Hashable, Sendable {
  /// Its value: operations per second, nanoseconds, a count or bytes.
  case value(Double)
  /// Too few operations to hold the percentile at all.
  case tooFew(operations: UInt64)
  /// The block has no such kind of operation, count or resource; its name.
  case missing(String)
}

extension Metric {
  /// Returns the operations that a block must hold on average; 0 where it does not matter.
  public var operationsNeeded: UInt64 {
    guard case .percentile(let percentile, _) = self else { return 0 }
    return PercentileCapacity.operationsNeeded(percentile.fraction)
  }

  /// Returns the number of operations that the metric is made of in a block.
  public func operations(in block: BlockMeasurement) -> UInt64 {
    switch self {
    case .percentile(_, of: let kind?): block.latencies[kind]?.total ?? 0
    case .percentile(_, of: nil): block.latencies.values.reduce(0) { $0 + $1.total }
    case .throughput, .counts, .resource: block.operations
    }
  }

  /// Returns what a block says.
  ///
  /// A single block is taken for a percentile from half the operations on that blocks need on
  /// average, because arrivals are random; see `LogRatios`.
  public func reading(in block: BlockMeasurement) -> MetricReading {
    switch self {
    case .throughput: return .value(block.throughput)
    case .percentile(let percentile, let kind):
      if let kind, block.latencies[kind] == nil { return .missing(kind) }
      let operations = operations(in: block)
      guard operations * 2 >= operationsNeeded else { return .tooFew(operations: operations) }
      let histogram = Self.histogram(of: kind, in: block)
      guard let value = histogram.percentile(percentile.fraction) else {
        return .tooFew(operations: operations)
      }
      return .value(Double(value))
    case .counts(let name):
      guard let name, let count = block.counts[name] else { return .missing(name ?? "counts") }
      return .value(Double(count))
    case .resource(let name):
      guard let amount = block.resources[name] else { return .missing(name) }
      return .value(Double(amount))
    }
  }

  private static func histogram(of kind: String?, in block: BlockMeasurement) -> HistogramCounts {
    if let kind { return block.latencies[kind] ?? HistogramCounts() }
    // Merging does not depend on the order.
    return HistogramCounts.merged(block.latencies.values)
  }
}
