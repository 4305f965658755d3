import AssayModel
import Statistics

/// Judges what the machine did during a comparison.
///
/// Pairs in random order bear a lot: a machine that is loaded part of the time only widens the
/// intervals. What they do not bear is a machine that became another one, that has hardly any time
/// left, or that treated the two sides differently. Those are what the thresholds are for; a
/// reading that is absent is not judged.
public enum EnvironmentGuard {
  /// From when on the machine is unfit.
  public struct Thresholds: Hashable, Codable, Sendable {
    /// Mean share of time that the hypervisor may give to others. Pairs in turns share what is
    /// left: with up to a tenth stolen they differed by 2 to 4 %, with two thirds by 40 %.
    public var stealShare: Double
    /// Median load average per processor, the harness's own load included.
    public var loadPerProcessor: Double
    /// How many times slower the fsync canary may get from the first half of the run to the second:
    /// medians. Both sides of a pair meet it, so that it takes a device that became another one.
    public var canaryDrift: Double
    /// How many times slower the canary may be beside one side than beside the other: medians.
    public var canaryRatio: Double
    /// How many times slower the processors' clock may get, in either way.
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

  /// Fewer readings than these say nothing about halves or sides.
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

  /// Whether a time got longer from one half to the other, or from one side to the other.
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
