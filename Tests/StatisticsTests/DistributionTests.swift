import Testing

@testable import Statistics

@Suite("Distributions")
struct DistributionTests {
  @Test(
    "Quantiles of the normal distribution are those of published tables",
    arguments: [
      // Wichura 1988, table of test values; Abramowitz and Stegun, table 26.5.
      (0.25, -0.674489750196081743), (0.001, -3.09023230616781355),
      (1e-20, -9.26234008979840758), (0.975, 1.95996398454005424),
      (0.995, 2.57582930354890076), (0.5, 0),
    ])
  func normalQuantiles(probability: Double, expected: Double) {
    #expect(abs(NormalDistribution.quantile(probability) - expected) < 1e-13)
  }

  @Test("The normal probability of a quantile is the probability that it was asked for")
  func normalRoundTrip() {
    for exponent in stride(from: -30.0, through: -0.01, by: 0.37) {
      let probability = 0.5 * exponentOfTen(exponent)
      let back = NormalDistribution.below(NormalDistribution.quantile(probability))
      #expect(abs(back / probability - 1) < 1e-12, "\(probability)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    // Abramowitz and Stegun, table 26.1.
    #expect(abs(NormalDistribution.below(1) - 0.841344746068543) < 1e-14)
    #expect(abs(NormalDistribution.density(1) - 0.241970724519143) < 1e-14)
  }

  private func exponentOfTen(_ power: Double) -> Double {
    var (result, rest) = (1.0, power)
    while rest <= -1 {
      result /= 10
      rest += 1
    }
    return result * (1 + rest * 0.9)
  }

  @Test("The incomplete beta function agrees with sums that can be written down")
  func incompleteBeta() {
    // I_x(2, 3) is a polynomial: 6x^2 - 8x^3 + 3x^4.
    #expect(abs(IncompleteBeta.regularised(0.4, a: 2, b: 3) - 0.5248) < 1e-13)
    #expect(abs(IncompleteBeta.regularised(0.9, a: 2, b: 3) - 0.9963) < 1e-13)
    #expect(abs(IncompleteBeta.regularised(0.3, a: 1, b: 1) - 0.3) < 1e-14)
    #expect(IncompleteBeta.regularised(0, a: 5, b: 2) == 0)
    #expect(IncompleteBeta.regularised(1, a: 5, b: 2) == 1)
  }

  @Test("Binomial probabilities are those of enumeration")
  func binomial() {
    for trials in 1...12 {
      for tenths in 1...9 {
        let probability = Double(tenths) / 10
        let distribution = BinomialDistribution(trials: trials, probability: probability)
        var sum = 0.0
        var term = (0..<trials).reduce(1.0) { product, _ in product * (1 - probability) }
        for successes in 0...trials {
          sum += term
          #expect(abs(distribution.atMost(successes) - min(sum, 1)) < 1e-12)
          #expect(abs(distribution.atLeast(successes) - (1 - sum + term)) < 1e-12)
          term *= Double(trials - successes) / Double(successes + 1) * probability
          term /= 1 - probability
        }
      }
    }
  }

  @Test("Clopper-Pearson bounds are those of published examples")
  func clopperPearson() {
    // Brown, Cai and DasGupta, Statistical Science 16 (2001): 0 of n at 95 % one-sided.
    let none = ProportionInterval.upperBound(successes: 0, trials: 300)
    #expect(abs(none - 0.009936) < 1e-6 && none < 3.0 / 300)
    // Clopper and Pearson 1934, chart for 95 %: 5 of 10 lies in 0.187...0.813.
    let upper = ProportionInterval.upperBound(successes: 5, trials: 10, confidence: 0.975)
    let lower = ProportionInterval.lowerBound(successes: 5, trials: 10, confidence: 0.975)
    #expect(abs(upper - 0.812914) < 1e-5 && abs(lower - 0.187086) < 1e-5)
    #expect(ProportionInterval.upperBound(successes: 7, trials: 7) == 1)
    #expect(ProportionInterval.lowerBound(successes: 0, trials: 7) == 0)
  }

  @Test("A Gauss-Legendre rule integrates polynomials of degree 2n - 1 exactly")
  func gaussLegendre() {
    // Abramowitz and Stegun, table 25.4, n = 3.
    let three = GaussLegendre(count: 3)
    #expect(abs(three.places[2] - 0.774596669241483) < 1e-14)
    #expect(abs(three.weights[1] - 0.888888888888889) < 1e-14)
    let rule = GaussLegendre(count: 20)
    let sum = zip(rule.places, rule.weights).reduce(0.0) { total, pair in
      total + pair.1 * (0..<38).reduce(1.0) { product, _ in product * pair.0 }
    }
    #expect(abs(sum - 2.0 / 39) < 1e-14)
  }

  @Test("Limits of Student's t are those of the published table")
  func student() {
    // Fisher and Yates; Abramowitz and Stegun, table 26.10.
    for (freedom, expected) in [(1.0, 12.706), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)] {
      let limit = StudentDistribution.limit(confidence: 0.95, freedom: freedom)
      #expect(abs(limit - expected) < 0.0006, "\(freedom): \(limit)")
    }
  }

  @Test("A straight line through Anscombe's first quartet has the published coefficients")
  func leastSquares() throws {
    // Anscombe, The American Statistician 27 (1973): y = 3.0001 + 0.5001 x, errors 1.1247, 0.1179.
    let x: [Double] = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    let fit = try #require(LeastSquares(rows: x.map { [1, $0] }, values: y))
    for (value, expected) in zip(fit.coefficients, [3.0001, 0.5001]) {
      #expect(abs(value - expected) < 1e-4)
    }
    for (value, expected) in zip(fit.standardErrors, [1.1247, 0.1179]) {
      #expect(abs(value - expected) < 1e-4)
    }
    #expect(fit.freedom == 9)
    #expect(fit.interval(1).contains(0.5) && !fit.interval(1).contains(0))
  }

  @Test("A term that the observations do not determine has an interval that says nothing")
  func undetermined() throws {
    let rows = (0..<6).map { [1.0, Double($0), 0] }
    let fit = try #require(LeastSquares(rows: rows, values: [0, 1.1, 2, 2.9, 4, 5.2]))
    #expect(fit.interval(2).upper > 100 && fit.interval(2).lower < -100)
    #expect(LeastSquares(rows: [[1, 2]], values: [1]) == nil)
  }
}
