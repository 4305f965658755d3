import AssayModel
import RealModule

/// Paired differences of a metric: logarithms of head over base, signed so that more is worse. Or
/// the reason why there are none.
public enum LogRatios: Hashable, Sendable {
  /// One difference per pair, in the order of measurement.
  case values([Double])
  /// Reason why the blocks do not hold the metric.
  case notHeld(String)

  /// Cap on a logarithm: ratios beyond e^20 count as e^20, which also gives one to a side that did
  /// nothing.
  static let limit = 20.0

  /// Computes the differences of a metric from pairs.
  ///
  /// A percentile is held if the blocks of each side have, on average, at least as many operations
  /// as `PercentileCapacity` asks for, and every block has at least half as many. Leaving out
  /// single blocks would leave out slow ones, so one block without enough operations invalidates
  /// the metric.
  public init(_ metric: Metric, of pairs: [BlockPair]) {
    for (name, side) in [("base", pairs.map(\.base)), ("head", pairs.map(\.head))] {
      if let reason = Self.obstacle(metric, side, name) {
        self = .notHeld(reason)
        return
      }
    }
    self = .values(pairs.compactMap { Self.worsening(metric, base: $0.base, head: $0.head) })
  }

  /// Returns the logarithm of how much worse the head is; `nil` if a side has no value.
  static func worsening(
    _ metric: Metric, base: BlockMeasurement, head: BlockMeasurement
  ) -> Double? {
    guard case .value(let before) = metric.reading(in: base),
      case .value(let after) = metric.reading(in: head)
    else { return nil }
    let (better, worse) = metric.isBetterHigher ? (after, before) : (before, after)
    if better == worse { return 0 }
    let ratio = Double.log(worse) - Double.log(better)
    return max(-limit, min(limit, ratio))
  }

  private static func obstacle(
    _ metric: Metric, _ blocks: [BlockMeasurement], _ side: String
  ) -> String? {
    // However fast such a side is, it does not do its work.
    if let (operation, attempts) = blocks.firstWithoutSuccess {
      return "'\(operation)' of the \(side) never succeeded: "
        + "\(attempts.errors) attempts ended with \(attempts.code ?? "errors")"
    }
    let needed = metric.operationsNeeded
    for block in blocks {
      switch metric.reading(in: block) {
      case .value: continue
      case .missing(let name): return "a block of the \(side) has no \(name)"
      case .tooFew(let operations):
        return "a block of the \(side) has \(operations) operations, \(metric) takes \(needed)"
      }
    }
    guard needed > 0, !blocks.isEmpty else { return nil }
    let overloaded = blocks.count(where: \.isOverloaded)
    if side == "base", overloaded * 2 > blocks.count {
      return "the rate is above the base's capacity: \(metric) is that of the backlog"
    }
    let total = blocks.reduce(0) { $0 + metric.operations(in: $1) }
    let mean = total / UInt64(blocks.count)
    return mean >= needed
      ? nil : "blocks of the \(side) have \(mean) operations on average, \(metric) takes \(needed)"
  }
}
