import AssayModel
import Gate
import Statistics

/// What a block must hold, however slow it happens to be.
///
/// A block that the machine held up has too few operations for a percentile. Leaving it out would
/// leave out the slow ones; so it goes on, in a fresh process, until it has them.
struct BlockNeeds {
  /// Metrics that take a number of operations, without those that this load cannot hold anyway.
  let metrics: [Metric]

  /// A block that is still short after so many parts stays short, and its metric says so.
  static let mostParts = 8

  init(_ metrics: [Metric], _ pilot: BlockPilot, at target: Double?) {
    self.metrics = metrics.filter { pilot.holds($0, at: target) }
  }

  init() {
    metrics = []
  }

  /// Whether a block holds all of them.
  func areMet(by block: BlockMeasurement) -> Bool {
    metrics.allSatisfy { $0.operations(in: block) >= $0.operationsNeeded }
  }
}

extension BlockMeasurement {
  /// Acknowledged operations a second, without those that follow from another.
  var arrivalsPerSecond: Double {
    let arrivals = OperationKind.arrivals(in: latencies.mapValues(\.total))
    return duration > .zero ? Double(arrivals) / duration.seconds : 0
  }

  /// The block with a further part of it, as if both had been one.
  func extended(by part: BlockMeasurement) -> BlockMeasurement {
    var whole = self
    whole.operations += part.operations
    whole.duration = whole.duration + part.duration
    whole.latencies.merge(part.latencies) { $0.merged(with: $1) }
    whole.counts.merge(part.counts, uniquingKeysWith: +)
    whole.resources.merge(part.resources, uniquingKeysWith: max)
    whole.isOverloaded = whole.isOverloaded || part.isOverloaded
    whole.violations += part.violations
    if let further = part.attempts {
      whole.attempts = (whole.attempts ?? [:]).merging(further) { $0.merged(with: $1) }
    }
    guard let before = environment, let after = part.environment else { return whole }
    whole.environment = after
    whole.environment?.fsyncCanary = before.fsyncCanary
    whole.environment?.stealShare = [before.stealShare, after.stealShare].compactMap { $0 }.max()
    return whole
  }
}
