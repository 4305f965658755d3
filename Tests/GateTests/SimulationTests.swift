import AssayModel
import Statistics
import Testing

@testable import Gate

/// The rule on made-up machines with autocorrelated noise and bursts; seeds are printed.
@Suite("Gates by simulation")
struct SimulationTests {
  /// Whole gates on differences alone: blocks with histograms take too long by the hundred.
  private func regressions(
    gates: Int, slower slowness: Double, metric: Metric = .throughput, jitter: Double = 0.02,
    seed: Seed
  ) throws -> (ResampledGate.Tally, Int) {
    var tally = ResampledGate.Tally()
    let rule = try MetricRule(metric)
    for gate in 0..<gates {
      var machine = NoisyMachine(seed.derived("gate", gate))
      machine.jitter = jitter
      var order = SeededGenerator(seed.derived("order", gate))
      let differences = (0..<100).map { _ in
        let (first, second) = (machine.next(), machine.next())
        return (order.below(2) == 0 ? second - first : first - second) + slowness
      }
      var race = DecisionRace(rules: [rule], question: .worsening, limits: singleLimits)
      for look in singleLimits.looks where !race.isDecided {
        race.look { _ in .values(Array(differences.prefix(look))) }
      }
      tally.gates += 1
      tally.pairs += singleLimits.looks[race.looks - 1]
      switch race.outcomes[0] {
      case .regression: tally.regressions += 1
      case .improvement: tally.improvements += 1
      case .equivalent: tally.equivalent += 1
      case .inconclusive, .environmentInvalid: tally.inconclusive += 1
      }
    }
    return (tally, gates)
  }

  @Test("Equal sides raise no alarm in 120 gates")
  func quiet() throws {
    let seed = Seed(7_001)
    let (tally, gates) = try regressions(gates: 120, slower: 0, seed: seed)
    print("A/A: \(tally), \(tally.pairsPerGate) pairs a gate, seed \(seed)")
    #expect(tally.regressions == 0, "seed \(seed)")
    #expect(tally.equivalent >= gates * 95 / 100, "seed \(seed): \(tally)")
  }

  @Test("Gates that end whenever the time is over raise no more alarms than alpha")
  func closing() throws {
    let seed = Seed(7_006)
    let (alpha, gates) = (0.05, 2_000)
    let limits = LimitTable(looks: [20, 40, 70, 100], alpha: alpha, questions: 1)
    // Hardly a margin, so that only the limits keep false alarms away.
    let rule = try MetricRule(.throughput, margin: 0.0005, effect: 0.9)
    var alarms = 0
    for gate in 0..<gates {
      var generator = SeededGenerator(seed.derived("gate", gate))
      let end = 20 + Int(generator.below(81))
      let differences = (0..<end).map { _ in
        (0..<12).reduce(-6.0) { sum, _ in sum + Double(generator.below(1 << 24)) / Double(1 << 24) }
      }
      var race = DecisionRace(rules: [rule], question: .worsening, limits: limits)
      for look in limits.looks where look < end && !race.isDecided {
        race.look { _ in .values(Array(differences.prefix(look))) }
      }
      race.close(pairs: end) { _ in .values(differences) }
      if race.outcomes[0] == .regression { alarms += 1 }
    }
    let share = Double(alarms) / Double(gates)
    print("closing looks: \(alarms) of \(gates) alarms at alpha \(alpha), seed \(seed)")
    #expect(share <= alpha + 3 * (alpha * (1 - alpha) / Double(gates)).squareRoot())
    #expect(alarms > gates / 200, "a test that cannot see an alarm")
  }

  @Test("A head whose throughput is 5 % lower is found in at least 95 % of gates")
  func planted() throws {
    let seed = Seed(7_002)
    // -ln(0.95)
    let (tally, gates) = try regressions(gates: 80, slower: 0.0513, seed: seed)
    print("5 % slower: \(tally), \(tally.pairsPerGate) pairs a gate, seed \(seed)")
    #expect(tally.regressions >= gates * 95 / 100, "seed \(seed): \(tally)")
  }

  @Test("A head whose p99 is 10 % worse is found in at least 95 % of gates, in twice the noise")
  func plantedTail() throws {
    let seed = Seed(7_006)
    // ln(1.1)
    let (tally, gates) = try regressions(
      gates: 60, slower: 0.0953, metric: Metric("p99"), jitter: 0.1, seed: seed)
    print("p99 10 % worse: \(tally), \(tally.pairsPerGate) pairs a gate, seed \(seed)")
    #expect(tally.regressions >= gates * 95 / 100, "seed \(seed): \(tally)")
  }

  @Test("Without the margin and with a naive limit the same noise would alarm")
  func naive() throws {
    let seed = Seed(7_003)
    var alarms = 0
    for gate in 0..<100 {
      var machine = NoisyMachine(seed.derived("gate", gate))
      // All of the base, then all of the head: what pairs are there to avoid.
      let base = (0..<40).map { _ in machine.next() }
      let head = (0..<40).map { _ in machine.next() }
      let test = SignedRankTest(zip(base, head).map { $1 - $0 })
      if test.above < 0.005 { alarms += 1 }
    }
    print("all of A, then all of B: \(alarms) false alarms of 100, seed \(seed)")
    #expect(alarms > 15, "seed \(seed)")
  }

  @Test("Resampled gates agree with whole ones on noise and on a planted regression")
  func resampled() throws {
    let seed = Seed(7_004)
    var machine = NoisyMachine(seed)
    var order = SeededGenerator(seed.derived("order"))
    let recorded = (0..<300).map { _ in
      let (first, second) = (machine.next(), machine.next())
      return order.below(2) == 0 ? second - first : first - second
    }
    let gate = try ResampledGate(
      rules: [MetricRule(.throughput)], question: .worsening, limits: singleLimits,
      series: [recorded])
    let quiet = gate.play(gates: 100, flips: true, seed: seed)
    let slower = gate.play(gates: 60, shift: 0.0513, flips: true, seed: seed)
    print("resampled A/A: \(quiet), slower: \(slower), seed \(seed)")
    #expect(quiet.regressions == 0 && slower.regressions >= 57, "seed \(seed)")
    #expect(quiet.regressionBound() < 0.0302)
    #expect(gate.play(gates: 20, seed: seed) == gate.play(gates: 20, seed: seed))
  }

  @Test("Many gates of pure noise without a margin err no more often than alpha")
  func alpha() throws {
    let seed = Seed(7_005)
    var noise = NoisyMachine(seed)
    let rule = try MetricRule(.throughput, margin: 0.0005, effect: 0.9)
    let limits = LimitTable(looks: [20, 40, 60], alpha: 0.05, questions: 1)
    var alarms = 0
    let gates = 300
    for _ in 0..<gates {
      let differences = (0..<60).map { _ in noise.normal() }
      var race = DecisionRace(rules: [rule], question: .difference, limits: limits)
      for look in limits.looks where !race.isDecided {
        race.look { _ in .values(Array(differences.prefix(look))) }
      }
      if race.outcomes[0] == .regression { alarms += 1 }
    }
    print("alpha 5 %: \(alarms) false alarms of \(gates), seed \(seed)")
    // At most 15 are expected; three standard errors are 11.
    #expect((3...26).contains(alarms), "seed \(seed): \(alarms)")
  }
}
