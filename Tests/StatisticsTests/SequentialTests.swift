import AssayModel
import Testing

@testable import Statistics

@Suite("Sequential bounds and several questions")
struct SequentialTests {
  @Test(
    "The constants are those of Jennison and Turnbull, table 2.3",
    arguments: [
      (1, 0.05, 1.960), (2, 0.05, 1.977), (3, 0.05, 2.004), (4, 0.05, 2.024), (5, 0.05, 2.040),
      (10, 0.05, 2.087), (2, 0.01, 2.580), (5, 0.01, 2.621),
    ])
  func publishedConstants(looks: Int, alpha: Double, expected: Double) {
    let bounds = SequentialBounds(
      looks: (1...looks).map { 20 * $0 }, alpha: alpha, sides: .both)
    #expect(abs(bounds.constant - expected) < 0.0006, "\(bounds.constant)")
  }

  @Test("Looks at 20, 40, 70 and 100 pairs at one-sided 0.5 % have the limits of the method")
  func limitsOfTheGate() {
    let limits = SequentialBounds(looks: [20, 40, 70, 100], alpha: 0.005).limits
    for (limit, expected) in zip(limits, [5.82, 4.12, 3.11, 2.60]) {
      #expect(abs(limit - expected) < 0.01, "\(limits)")
    }
    // To four digits, integrated with 120 places by another program (SciPy).
    #expect(abs(limits[3] - 2.59986) < 1e-4 && abs(limits[0] - 5.81346) < 3e-4)
  }

  @Test("A smaller share of alpha has higher limits")
  func adjustedLevels() {
    let constants = [1, 2, 3, 4, 8].map {
      SequentialBounds(
        looks: [20, 40, 70, 100], alpha: Holm.level(alpha: 0.005, questions: $0, found: 0)
      ).constant
    }
    for (constant, expected) in zip(constants, [2.59986, 2.82460, 2.94985, 3.03623, 3.23668]) {
      #expect(abs(constant - expected) < 1e-4, "\(constants)")
    }
  }

  @Test("Peeking without bounds errs several times as often as with them")
  func peeking() {
    let seed = Seed(4_401)
    var noise = Noise(seed)
    let bounds = SequentialBounds(looks: [20, 40, 70, 100], alpha: 0.05)
    var (kept, naive) = (0, 0)
    let trials = 2_000
    for _ in 0..<trials {
      var (sum, count, keptHere, naiveHere) = (0.0, 0, false, false)
      for (look, size) in bounds.looks.enumerated() {
        while count < size {
          sum += noise.normal()
          count += 1
        }
        let z = sum / Double(count).squareRoot()
        if z > bounds.limit(look: look) { keptHere = true }
        if z > 1.645 { naiveHere = true }
      }
      if keptHere { kept += 1 }
      if naiveHere { naive += 1 }
    }
    print("sequential \(kept), naive \(naive) of \(trials) at 5 %, seed \(seed)")
    // 5 % of 2,000 are 100, with a standard error of 10.
    #expect((70...130).contains(kept), "seed \(seed): \(kept)")
    #expect(naive > 2 * kept, "seed \(seed): \(naive)")
  }

  @Test("Holm's adjusted probabilities are those of a worked example")
  func holm() {
    // R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(Holm.adjusted([]).isEmpty)
    #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
  }

  @Test("Every finding passes its share on to the questions that are open")
  func holmLevels() {
    #expect(Holm.level(alpha: 0.01, questions: 4, found: 0) == 0.0025)
    #expect(Holm.level(alpha: 0.01, questions: 4, found: 2) == 0.005)
    #expect(Holm.level(alpha: 0.01, questions: 4, found: 4) == 0.01)
  }
}
