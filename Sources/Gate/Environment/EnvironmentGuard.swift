import AssayModel
import Statistics

/// Judges the state of the machine during a comparison.
///
/// Pairs in random order tolerate a lot: load on the machine for part of the time only widens the
/// intervals. They do not tolerate a machine that turned into a different one, that has hardly any
/// time left, or that treated the two sides differently. The thresholds cover those cases; a
/// missing reading is not judged.
public enum EnvironmentGuard {
  /// Limits beyond which the machine is unfit.
  public struct Thresholds: Hashable, Codable, Sendable {
    /// Largest mean share of time stolen by the hypervisor. The sides of a pair that runs in turns
    /// share the rest: with up to a tenth stolen they differed by 2 to 4 %, with two thirds by
    /// 40 %.
    public var stealShare: Double
    /// Largest median load average per processor, including the harness's own load.
    public var loadPerProcessor: Double
    /// Largest ratio of the fsync canary's medians between the two halves of the run. Both sides of
    /// a pair are affected alike, so only a device that turned into a different one exceeds it.
    public var canaryDrift: Double
    /// Largest ratio of the canary's medians between the two sides, measured next to their blocks.
    public var canaryRatio: Double
    /// Largest ratio of the clock period's medians, between the halves of the run or the sides.
    public var clockRatio: Double

    /// Creates thresholds.
    public init(
      stealShare: Double = 0.25, loadPerProcessor: Double = 4, canaryDrift: Double = 10,
      canaryRatio: Double = 3, clockRatio: Double = 1.5
    ) {
      self.stealShare = stealShare
      self.loadPerProcessor = loadPerProcessor
      self.canaryDrift = canaryDrift
      self.canaryRatio = canaryRatio
      self.clockRatio = clockRatio
    }
  }

  /// Minimum number of readings for a statement about halves or sides.
  static let leastReadings = 10

  /// Judges the blocks of pairs in the order in which they ran.
  public static func judge(_ pairs: [BlockPair], _ limits: Thresholds) -> EnvironmentVerdict {
    let readings = pairs.flatMap(\.inOrder).compactMap(\.environment)
    let changes = changes(readings)
    let reasons =
      changes + shortages(readings, limits)
      + shifts(
        "fsync canary", readings, (limits.canaryDrift, limits.canaryRatio),
        base: pairs.compactMap { $0.base.environment?.canary },
        head: pairs.compactMap { $0.head.environment?.canary }, \.canary)
      + shifts(
        "clock period", readings, (limits.clockRatio, limits.clockRatio),
        base: pairs.compactMap { $0.base.environment?.clockPeriod },
        head: pairs.compactMap { $0.head.environment?.clockPeriod }, \.clockPeriod)
    return EnvironmentVerdict(reasons: reasons, isFinal: !changes.isEmpty)
  }

  private static func changes(_ readings: [BlockEnvironment]) -> [String] {
    var reasons: [String] = []
    let processors = distinct(readings.compactMap(\.processor))
    if processors.count > 1 {
      reasons.append("the processor changed: \(processors.joined(separator: ", then "))")
    }
    let counts = distinct(readings.compactMap(\.processors))
    if counts.count > 1 {
      let text = counts.map(String.init).joined(separator: ", then ")
      reasons.append("the number of processors changed: \(text)")
    }
    return reasons
  }

  private static func shortages(
    _ readings: [BlockEnvironment], _ limits: Thresholds
  ) -> [String] {
    var reasons: [String] = []
    let steal = readings.compactMap(\.stealShare)
    if !steal.isEmpty {
      let mean = steal.reduce(0, +) / Double(steal.count)
      if mean > limits.stealShare {
        reasons.append(
          "\(Percent.text(mean)) of the time was stolen, allowed \(Percent.text(limits.stealShare))"
        )
      }
    }
    let loads = readings.compactMap { reading in
      reading.loadAverage.map { $0 / Double(max(1, reading.processors ?? 1)) }
    }
    if let load = median(loads), load > limits.loadPerProcessor {
      reasons.append(
        "load \(Percent.number(load)) per processor, allowed "
          + Percent.number(limits.loadPerProcessor))
    }
    return reasons
  }

  /// Returns the reasons why a time differs between the halves of the run, or between the sides.
  private static func shifts(
    _ name: String, _ readings: [BlockEnvironment], _ limits: (halves: Double, sides: Double),
    base: [Double], head: [Double], _ value: (BlockEnvironment) -> Double?
  ) -> [String] {
    let all = readings.compactMap(value)
    let half = all.count / 2
    var reasons: [String] = []
    for (what, first, second, limit) in [
      (
        "between the halves of the run", Array(all.prefix(half)), Array(all.suffix(half)),
        limits.halves
      ),
      ("between base and head", base, head, limits.sides),
    ] where first.count >= leastReadings && second.count >= leastReadings {
      guard let before = median(first), let after = median(second), before > 0, after > 0 else {
        continue
      }
      let ratio = max(before / after, after / before)
      if ratio > limit {
        reasons.append(
          "the \(name) differs by \(Percent.number(ratio)) x \(what), allowed "
            + "\(Percent.number(limit)) x")
      }
    }
    return reasons
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : SampleQuantile.median(sorted: values.sorted())
  }

  private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }
}

extension BlockEnvironment {
  fileprivate var canary: Double? { fsyncCanary.map { Double($0.rawValue) } }
  fileprivate var clockPeriod: Double? { megahertz.flatMap { $0 > 0 ? 1 / $0 : nil } }
}
