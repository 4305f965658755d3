public import AssayModel
import Statistics

/// Value of a metric in one block, or the reason why the block has none.
public enum MetricReading: Hashable, Sendable {
  /// The value: operations per second, nanoseconds, a count or bytes.
  case value(Double)
  /// Too few operations for the percentile.
  case tooFew(operations: UInt64)
  /// The block lacks this kind of operation, count or resource, given by its name.
  case missing(String)
}

extension Metric {
  /// Number of operations that a block must hold on average; 0 for metrics without such a limit.
  public var operationsNeeded: UInt64 {
    guard case .percentile(let percentile, _) = self else { return 0 }
    return PercentileCapacity.operationsNeeded(percentile.fraction)
  }

  /// Returns the number of operations in a block that the metric is computed from.
  public func operations(in block: BlockMeasurement) -> UInt64 {
    switch self {
    case .percentile(_, of: let kind?): block.latencies[kind]?.total ?? 0
    case .percentile(_, of: nil): block.latencies.values.reduce(0) { $0 + $1.total }
    case .throughput, .counts, .resource: block.operations
    }
  }

  /// Returns the metric's reading in a block.
  ///
  /// A percentile of a single block is accepted from half the number of operations that blocks need
  /// on average, because arrivals are random; see `LogRatios`.
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
