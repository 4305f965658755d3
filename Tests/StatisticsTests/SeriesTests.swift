import AssayModel
import Testing

@testable import Statistics

@Suite("Warm-up, steady state, drift and spread")
struct SeriesTests {
  @Test("A warm-up of 30 blocks is cut off, and a level series is left whole")
  func warmUp() throws {
    let seed = Seed(21)
    var noise = Noise(seed)
    let warming = (0..<150).map { 100 - max(0, 60 - 2 * Double($0)) + noise.normal() }
    let cut = try #require(SteadyState.warmUp(warming))
    #expect((20...40).contains(cut), "seed \(seed): \(cut)")
    let level = (0..<150).map { _ in 100 + noise.normal() }
    let levelCut = SteadyState.warmUp(level) ?? 150
    #expect(levelCut <= 60, "seed \(seed): \(levelCut)")
    #expect(SteadyState.warmUp([Double](repeating: 3, count: 40)) == 0)
  }

  @Test("A series that never settles has no cut, nor has a short one")
  func neverSettles() {
    #expect(SteadyState.warmUp((0..<100).map { Double($0 * $0) }) == nil)
    #expect(SteadyState.warmUp([1, 2, 3]) == nil)
  }

  @Test("fio's slope calls a level window settled and a rising one not")
  func slope() {
    let rising = (0..<20).map { 100 + Double($0) }
    #expect(!SteadyState.hasSettled(rising, window: 20, limit: 0.05))
    #expect(SteadyState.hasSettled(rising, window: 20, limit: 0.20))
    let settled = rising + [Double](repeating: 120, count: 20)
    #expect(SteadyState.hasSettled(settled, window: 20, limit: 0.01))
    #expect(!SteadyState.hasSettled([1, 1], window: 3, limit: 0.5))
  }

  @Test("Mann-Kendall and Sen's slope are those of a worked example")
  func publishedDrift() throws {
    // Gilbert, "Statistical Methods for Environmental Pollution Monitoring", 16.4: S = 6 of
    // 10, 22, 21, 30, 22, 30, 40, 38 is 21 - ... counted by hand: 22 rises, 4 falls, 2 ties.
    let values: [Double] = [10, 22, 21, 30, 22, 30, 40, 38]
    let drift = try #require(Drift(values))
    // Var = (8 * 7 * 21 - 2 * 2 * 1 * 9) / 18 = 63.33; S = rises - falls.
    var surplus = 0.0
    for later in values.indices {
      for earlier in 0..<later {
        surplus += values[later] > values[earlier] ? 1 : values[later] < values[earlier] ? -1 : 0
      }
    }
    #expect(abs(drift.z - (surplus - 1) / (1_140.0 / 18).squareRoot()) < 1e-12)
    #expect(drift.slope > 3 && drift.slope < 5)
    #expect(drift.twoSided < 0.05)
  }

  @Test("Noise alone is called drift no more often than asked for")
  func driftOfNoise() throws {
    let seed = Seed(31)
    var noise = Noise(seed)
    var alarms = 0
    for _ in 0..<400 {
      let drift = try #require(Drift((0..<25).map { _ in noise.normal() }))
      if drift.twoSided < 0.05 { alarms += 1 }
    }
    #expect((6...36).contains(alarms), "seed \(seed): \(alarms) of 400")
    #expect(Drift([1, 2, 3]) == nil)
    #expect(try #require(Drift([2, 2, 2, 2])).z == 0)
  }

  @Test("The robust spread ignores bursts, and autocorrelation is found")
  func spread() {
    let seed = Seed(41)
    var noise = Noise(seed)
    var values = (0..<1_000).map { _ in noise.autocorrelated(0.87) }
    #expect(abs(Spread.autocorrelation(values) - 0.87) < 0.05, "seed \(seed)")
    values = (0..<1_000).map { _ in noise.normal() }
    #expect(abs(Spread.autocorrelation(values)) < 0.1, "seed \(seed)")
    for place in 0..<50 { values[place] = 1_000 }
    #expect(abs(Spread.robust(values) - 1) < 0.15, "seed \(seed)")
    #expect(Spread.standardDeviation(values) > 100)
    #expect(Spread.robust([1]) == 0 && Spread.standardDeviation([2, 4]) == 2.0.squareRoot())
  }
}
