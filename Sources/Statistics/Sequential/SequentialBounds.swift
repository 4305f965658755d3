import RealModule

/// O'Brien-Fleming limits: how far from zero a statistic must lie at each look so that looking
/// several times errs no more often than looking once.
///
/// The limit at a look is the constant times the root of the last number of pairs over this look's:
/// early looks can stop only for overwhelming findings, and the last one costs little.
/// Source: O'Brien and Fleming, Biometrics 35 (1979); the constant by the recursive integration of
/// Armitage, McPherson and Rowe, Journal of the Royal Statistical Society A 132 (1969), as in
/// Jennison and Turnbull, "Group Sequential Methods with Applications to Clinical Trials", chapter
/// 19.
public struct SequentialBounds: Hashable, Sendable {
  /// On which sides a finding stops.
  public enum Sides: Hashable, Sendable {
    /// Above only; the probability is that of passing the upper limit.
    case upper
    /// Above and below; the probability is that of passing either.
    case both
  }

  /// Number of pairs at each look, ascending.
  public let looks: [Int]
  /// Probability of passing a limit at any look when there is no difference.
  public let alpha: Double
  /// On which sides.
  public let sides: Sides
  /// Limit of the normal statistic at the last look.
  public let constant: Double

  /// Finds the limits.
  ///
  /// - Parameters:
  ///   - looks: at least one, ascending, above 0.
  ///   - alpha: in 1e-9...0.5.
  ///   - sides: on which sides a finding stops.
  /// - Complexity: about 40 integrals of each look over each place of the last one, some
  ///   milliseconds: compute them once.
  public init(looks: [Int], alpha: Double, sides: Sides = .upper) {
    precondition(!looks.isEmpty && looks[0] > 0, "looks \(looks)")
    precondition(zip(looks, looks.dropFirst()).allSatisfy { $0 < $1 }, "looks \(looks)")
    precondition((1e-9...0.5).contains(alpha), "alpha \(alpha) lies outside 1e-9...0.5")
    self.looks = looks
    self.alpha = alpha
    self.sides = sides
    let last = Double(looks[looks.count - 1])
    let walk = BoundedWalk(times: looks.map { Double($0) / last }, sides: sides)
    // More looks can only raise the constant above that of one look.
    let single = NormalDistribution.quantile(sides == .both ? 1 - alpha / 2 : 1 - alpha)
    var (low, high) = (single, single + 2)
    for _ in 0..<34 {
      let middle = (low + high) / 2
      if walk.crossing(middle) > alpha { low = middle } else { high = middle }
    }
    constant = (low + high) / 2
  }

  /// Limit of the normal statistic at each look.
  public var limits: [Double] { looks.indices.map(limit(look:)) }

  /// Limit of the normal statistic at a look, counted from 0.
  public func limit(look: Int) -> Double {
    constant * (Double(looks[looks.count - 1]) / Double(looks[look])).squareRoot()
  }
}

/// A sum of normal steps that stops at a constant limit: in this scale the limits of O'Brien and
/// Fleming are a straight line.
private struct BoundedWalk {
  /// Share of the last look's pairs, ascending, the last 1: variance of the sum.
  let times: [Double]
  let sides: SequentialBounds.Sides
  let rule: GaussLegendre

  /// Depth below zero from which a sum never returns.
  private static let depth = 9.0

  init(times: [Double], sides: SequentialBounds.Sides) {
    self.times = times
    self.sides = sides
    let steps = zip(times, [0] + times).map { ($0 - $1).squareRoot() }
    // Five places for each width of the narrowest step give ten digits.
    let width = Self.depth + 4
    rule = GaussLegendre(count: max(48, min(400, Int(5 * width / (steps.min() ?? 1)))))
  }

  /// Returns the probability of passing the limit at any look.
  func crossing(_ limit: Double) -> Double {
    let floor = sides == .both ? -limit : -Self.depth
    let half = (limit - floor) / 2
    let sums = rule.places.map { floor + half * ($0 + 1) }
    let first = times[0].squareRoot()
    var crossed = beyond(from: 0, step: first, limit: limit)
    var density = sums.map { NormalDistribution.density($0 / first) / first }
    for look in 1..<max(1, times.count) {
      let step = (times[look] - times[look - 1]).squareRoot()
      let mass = zip(rule.weights, density).map { $0 * $1 * half }
      for (sum, weight) in zip(sums, mass) where weight > 1e-18 {
        crossed += weight * beyond(from: sum, step: step, limit: limit)
      }
      if look + 1 < times.count { density = moved(mass, sums, by: step) }
    }
    return crossed
  }

  private func beyond(from sum: Double, step: Double, limit: Double) -> Double {
    let above = NormalDistribution.above((limit - sum) / step)
    return sides == .both ? above + NormalDistribution.below((-limit - sum) / step) : above
  }

  private func moved(_ mass: [Double], _ sums: [Double], by step: Double) -> [Double] {
    sums.map { target in
      var density = 0.0
      for place in sums.indices {
        let distance = (target - sums[place]) / step
        if abs(distance) < 9 { density += mass[place] * Double.exp(-distance * distance / 2) }
      }
      return density / (step * (2 * Double.pi).squareRoot())
    }
  }
}
