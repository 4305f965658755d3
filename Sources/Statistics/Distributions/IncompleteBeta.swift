import RealModule

/// The regularised incomplete beta function, from which the binomial distribution follows.
public enum IncompleteBeta {
  /// Returns I_x(a, b), the probability that a beta(a, b) variable lies below `x`.
  ///
  /// - Parameters:
  ///   - x: in 0...1.
  ///   - a: above 0.
  ///   - b: above 0.
  /// - Returns: relative error about 1e-13.
  /// Source: DLMF 8.17.22, the continued fraction, evaluated by Lentz's method (Numerical Recipes,
  /// 6.4).
  public static func regularised(_ x: Double, a: Double, b: Double) -> Double {
    precondition((0...1).contains(x), "x \(x) lies outside 0...1")
    precondition(a > 0 && b > 0, "a \(a) and b \(b) must be above 0")
    if x == 0 || x == 1 { return x }
    // The fraction converges fast on this side only; the other one follows by symmetry.
    if x > (a + 1) / (a + b + 2) { return 1 - regularised(1 - x, a: b, b: a) }
    let logFront =
      Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b)
      + a * Double.log(x) + b * Double.log(onePlus: -x)
    return Double.exp(logFront) * fraction(x, a: a, b: b) / a
  }

  private static func fraction(_ x: Double, a: Double, b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / kept(1 + numerator * d)
        c = kept(1 + numerator / c)
        result *= d * c
      }
      if abs(d * c - 1) < 1e-15 { break }
    }
    return result
  }
}
