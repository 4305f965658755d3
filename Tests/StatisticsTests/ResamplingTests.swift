import AssayModel
import Testing

@testable import Statistics

@Suite("Sign flips, resampling by block, and what can be found")
struct ResamplingTests {
  @Test("Sign flips agree with Fisher's exact probability of Darwin's maize")
  func darwinsMaize() {
    // Fisher, "The Design of Experiments", 21: of 32,768 patterns 863 give 314 or more (eighths of
    // an inch): 2.634 %.
    let differences: [Double] = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    let found = SignFlipTest.above(differences, flips: 20_000, seed: Seed(3))
    #expect(abs(found - 863.0 / 32_768) < 0.004, "\(found)")
    #expect(
      SignFlipTest.above(differences, flips: 500, seed: Seed(3))
        == SignFlipTest.above(differences, flips: 500, seed: Seed(3)))
    #expect(SignFlipTest.above([0, 0, 0], flips: 99, seed: Seed(1)) == 1)
  }

  @Test("Resampled places are runs of neighbours, the end followed by the beginning")
  func runs() {
    var generator = SeededGenerator(Seed(5))
    let places = BlockBootstrap.places(23, of: 10, run: 5, using: &generator)
    #expect(places.count == 23)
    for place in places.indices where place % 5 != 0 {
      #expect(places[place] == (places[place - 1] + 1) % 10)
    }
  }

  @Test("Taking autocorrelated blocks as independent gives intervals that are too narrow")
  func runsKeepAutocorrelation() {
    let seed = Seed(6)
    var noise = Noise(seed)
    var (alone, together) = (0, 0)
    let trials = 60
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    for trial in 0..<trials {
      let values = (0..<100).map { _ in noise.autocorrelated(0.8) }
      func holds(run: Int) -> Bool {
        BlockBootstrap.interval(
          values, run: run, resamples: 200, seed: seed.derived("trial", trial), statistic: mean
        ).contains(0)
      }
      if holds(run: 1) { alone += 1 }
      if holds(run: 20) { together += 1 }
    }
    print("of \(trials) at 95 %: run 1 holds \(alone), run 20 holds \(together), seed \(seed)")
    #expect(alone < together && alone < trials * 70 / 100 && together > trials * 70 / 100)
  }

  @Test("The smallest detectable effect is found as often as it says")
  func detectableEffect() throws {
    let seed = Seed(8)
    var noise = Noise(seed)
    var found = 0
    let (recordings, trials) = (8, 60)
    for _ in 0..<recordings {
      let recorded = (0..<120).map { _ in 0.03 * noise.heavy() }
      let detectable = try #require(DetectableEffect(recorded))
      let effect = detectable.smallest(z: 2.576, power: 0.9, pairs: 40)
      for _ in 0..<trials {
        let differences = (0..<40).map { _ in 0.03 * noise.heavy() + effect }
        if SignedRankTest(differences).z > 2.576 { found += 1 }
      }
    }
    let power = Double(found) / Double(recordings * trials)
    print("power at the effect detectable with 90 %: \(power), seed \(seed)")
    #expect((0.84...0.96).contains(power), "seed \(seed): \(found)")
  }

  @Test("Effects and numbers of pairs are inverse to each other")
  func inverse() throws {
    let spread = DetectableEffect(standardErrorOfOne: 0.1)
    let effect = spread.smallest(z: 2.6, margin: 0.025, pairs: 100)
    #expect(abs(effect - 0.01 * (2.6 + 1.6449)) < 1e-4)
    #expect(spread.pairs(toFind: effect, z: 2.6, margin: 0.025) == 100)
    #expect(spread.pairs(toFind: 0.02, z: 2.6, margin: 0.025) == nil)
    // A narrow spread leaves the margin in charge.
    let narrow = DetectableEffect(standardErrorOfOne: 0.01)
    #expect(abs(narrow.smallest(z: 2.6, margin: 0.025, pairs: 100) - 0.0266449) < 1e-6)
    #expect(DetectableEffect([1, 2, 3, 4, 5, 6, 7]) == nil)
  }
}
