import AssayModel
import Testing

@testable import Statistics

@Suite("Signed ranks and the Hodges-Lehmann estimate")
struct SignedRankTests {
  /// Hollander, Wolfe and Chicken, example 3.1: Hamilton depression scale before minus after.
  private let depression = [
    0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01,
  ]

  @Test("The depression example gives the book's statistic, probability, estimate and interval")
  func publishedExample() {
    let test = SignedRankTest(depression)
    #expect(test.positiveRankSum == 40)
    #expect(abs(test.above - 0.01953125) < 1e-15)  // "0.019"
    let centre = HodgesLehmann(depression)
    #expect(abs(centre.estimate - 0.46) < 1e-12)
    let interval = centre.interval(confidence: 0.95)
    #expect(abs(interval.lower - 0.010) < 1e-12 && abs(interval.upper - 0.786) < 1e-12)
    #expect(abs(interval.confidence - 0.961) < 0.001)
  }

  @Test(
    "Critical sums are those of the published table",
    arguments: [
      // Wilcoxon and Wilcox 1964: largest sum with a one-sided probability of at most 0.025, 0.005.
      (6, 0.025, 0), (8, 0.025, 3), (10, 0.025, 8), (15, 0.025, 25), (20, 0.025, 52),
      (8, 0.005, 0), (10, 0.005, 3), (15, 0.005, 15), (20, 0.005, 37), (25, 0.005, 68),
      (50, 0.025, 434), (50, 0.005, 373),
    ])
  func criticalSums(count: Int, tail: Double, expected: Int) {
    #expect(SignedRankDistribution(count: count).largest(withTailAtMost: tail) == expected)
  }

  @Test("Five pairs can't give a 95 % interval, and seven none of 99 %")
  func tooFewPairs() {
    #expect(HodgesLehmann([1, 2, 3, 4, 5]).interval(confidence: 0.95).lower == -.infinity)
    #expect(HodgesLehmann([1, 2, 3, 4, 5, 6]).interval(confidence: 0.95).lower == 1)
    #expect(HodgesLehmann([1, 2, 3, 4, 5, 6, 7]).interval(confidence: 0.99).upper == .infinity)
    #expect(HodgesLehmann([1]).estimate == 1)
  }

  @Test("Exact probabilities with ties and zeros are those of all patterns of signs")
  func enumeratedSigns() {
    for differences in [[1.0, 1, -1, 2, 0, 3], [0.0, 0, 1, -2, 2, 2, 5], [-1.0, -1, -1]] {
      let ranks = SignedRanks(differences)
      let count = ranks.doubledRanks.count
      var (above, below) = (0, 0)
      for pattern in 0..<(1 << count) {
        let sum = (0..<count).reduce(0) { total, place in
          total + (pattern >> place & 1 == 1 ? ranks.doubledRanks[place] : 0)
        }
        if sum >= ranks.doubledPositive { above += 1 }
        if sum <= ranks.doubledPositive { below += 1 }
      }
      let test = SignedRankTest(differences)
      #expect(abs(test.above - Double(above) / Double(1 << count)) < 1e-15)
      #expect(abs(test.below - Double(below) / Double(1 << count)) < 1e-15)
    }
  }

  @Test("Ties get the mean of their ranks")
  func ties() {
    // Sizes 1, 1, 1, 2 have ranks 2, 2, 2, 4; of the positive ones 2 + 2 + 4.
    #expect(SignedRankTest([1, -1, 1, 2]).positiveRankSum == 8)
    #expect(SignedRanks([3, 3, -1]).doubledRanks == [2, 5, 5])
  }

  @Test("Nothing but zeros, or nothing at all, is no finding")
  func zerosOnly() {
    for differences in [[], [0.0, 0, 0, 0, 0, 0, 0, 0]] {
      let test = SignedRankTest(differences)
      #expect(test.z == 0 && test.above == 1 && test.below == 1 && test.twoSided == 1)
    }
  }

  @Test("Zeros are ranked before they are left out, and hold the interval's bound at zero")
  func zeros() {
    let diluted = (1...12).map(Double.init) + [Double](repeating: 0, count: 20)
    // Ranks 21 to 32 stay of 1 to 32.
    #expect(SignedRankTest(diluted).positiveRankSum == Double((21...32).reduce(0, +)))
    #expect(abs(SignedRankTest(diluted).above - 1.0 / 4_096) < 1e-15)
    #expect(HodgesLehmann(diluted).interval(confidence: 0.95).lower == 0)
  }

  @Test("The normal approximation joins the exact probability at its limit")
  func approximation() {
    var noise = Noise(Seed(77))
    let differences = (0..<50).map { _ in noise.normal() + 0.3 }
    let test = SignedRankTest(differences)
    #expect(abs(NormalDistribution.above(test.z) - test.above) < 0.002)
    #expect(abs(SignedRankTest(differences + [0.1, 0.2]).above - test.above) < 0.02)
    #expect(SignedRankTest(differences.map { -$0 }).below == test.above)
    #expect(SignedRankTest(differences.map { -$0 }).z == -test.z)
  }

  @Test("The interval of a limit lies above zero exactly when the statistic passes the limit")
  func duality() {
    let seed = Seed(78)
    var noise = Noise(seed)
    var (passed, missed) = (0, 0)
    for trial in 0..<200 {
      let count = 20 + trial % 40
      let shift = Double(trial % 7) / 10
      let differences = (0..<count).map { _ in noise.heavy() + shift }
      let isAbove = HodgesLehmann(differences).interval(z: 2.6).lower > 0
      #expect(isAbove == (SignedRankTest(differences).z >= 2.6), "seed \(seed), trial \(trial)")
      if isAbove { passed += 1 } else { missed += 1 }
    }
    #expect(passed > 20 && missed > 20)
  }

  @Test("Twenty pairs can't reach z = 5.82, whatever they show")
  func firstLook() {
    let interval = HodgesLehmann((1...20).map(Double.init)).interval(z: 5.82)
    #expect(interval.lower == -.infinity && interval.upper == .infinity)
    #expect(SignedRankTest((1...20).map(Double.init)).z < 4)
  }

  @Test(
    "Intervals hold the true centre as often as they say, under long tails", arguments: [12, 60])
  func coverage(count: Int) {
    let seed = Seed(UInt64(900 + count))
    var noise = Noise(seed)
    let trials = 250
    var held = 0
    for _ in 0..<trials {
      let differences = (0..<count).map { _ in noise.heavy() + 0.7 }
      if HodgesLehmann(differences).interval(confidence: 0.95).contains(0.7) { held += 1 }
    }
    let share = Double(held) / Double(trials)
    print("coverage of 95 % from \(count) pairs: \(share), seed \(seed)")
    #expect((0.92...0.985).contains(share), "seed \(seed): \(held) of \(trials)")
  }

  @Test("The estimate stays where it is when a tenth of the pairs goes wild")
  func robustness() {
    var noise = Noise(Seed(12))
    var differences = (0..<100).map { _ in 0.05 + 0.01 * noise.normal() }
    for place in 0..<10 { differences[place] = 50 }
    #expect(abs(HodgesLehmann(differences).estimate - 0.05) < 0.01)
  }

  @Test("300 pairs take well under a second")
  func speed() {
    var noise = Noise(Seed(13))
    let differences = (0..<300).map { _ in noise.normal() }
    let elapsed = ContinuousClock().measure {
      #expect(abs(HodgesLehmann(differences).estimate) < 0.3)
    }
    #expect(elapsed < .seconds(2), "\(elapsed)")
  }
}
