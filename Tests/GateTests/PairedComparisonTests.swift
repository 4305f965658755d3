import AssayModel
import Foundation
import Statistics
import Testing

@testable import Gate

@Suite("Paired comparisons")
struct PairedComparisonTests {
  @Test("Rounds end at 20, 40, 70 and 100 pairs, in an order that follows from the seed")
  func rounds() throws {
    let plan = try plan(seed: Seed(1))
    guard case .run(let round) = PairedComparison(plan).next() else {
      Issue.record("finished")
      return
    }
    #expect(round.firstPair == 0 && round.pairs == 20)
    #expect(Set(round.orders) == [.baseFirst, .headFirst])
    #expect(round.orders == (0..<20).map(plan.order(ofPair:)))
    var wide = PairedComparison(plan)
    var ends: [Int] = []
    var machine = NoisyMachine(Seed(2))
    machine.jitter = 1
    while case .run(let round) = wide.next() {
      ends.append(round.firstPair + round.pairs)
      try wide.add(pairs(round, on: &machine, headSlower: 0.05))
    }
    #expect(ends == [20, 40, 70, 100])
    #expect(wide.result.metrics[0].outcome == .inconclusive)
    #expect(wide.result.metrics[0].reason.contains("is possible"))
  }

  @Test("A head that is 8 % slower is a regression, with the ratio in its interval")
  func regression() throws {
    var machine = NoisyMachine(Seed(10))
    let result = try compare(try plan(seed: Seed(11)), on: &machine, headSlower: 0.08)
    let decision = result.metrics[0]
    #expect(decision.outcome == .regression, "\(decision.reason)")
    let (lower, ratio, upper) = (decision.lowerRatio, decision.ratio, decision.upperRatio)
    #expect(try #require(lower) <= (try #require(ratio)))
    #expect(try #require(ratio) <= (try #require(upper)))
    #expect(try #require(upper) < 1)
    #expect(abs(try #require(ratio) - 0.923) < 0.02)
    #expect(decision.look > 1, "20 pairs can't reach the first limit")
    #expect(result.statuses == [.tooSlow])
  }

  @Test("A head twice as fast whose operation never succeeds is inconclusive, and names it")
  func neverSucceeds() throws {
    func pair(_ outcome: BlockAttempts) -> BlockPair {
      var (base, head) = (
        BlockMeasurement(operations: 1_000, duration: .seconds(1)),
        BlockMeasurement(operations: 2_000, duration: .seconds(1))
      )
      let works = BlockAttempts(acknowledged: 10, hasSucceeded: true)
      base.attempts = ["prune": works]
      head.attempts = ["prune": outcome]
      return BlockPair(order: .baseFirst, base: base, head: head)
    }
    let failing = BlockAttempts(
      acknowledged: 0, failed: 3, errors: 4, code: "SQLITE_BUSY", hasSucceeded: false)
    let never = LogRatios(.throughput, of: [pair(failing), pair(failing)])
    #expect(
      never
        == .notHeld("'prune' of the head never succeeded: 8 attempts ended with SQLITE_BUSY"))
    let once = pair(BlockAttempts(acknowledged: 1, failed: 2, errors: 2, hasSucceeded: true))
    guard case .values(let values) = LogRatios(.throughput, of: [pair(failing), once]) else {
      Issue.record("one success in any block is enough")
      return
    }
    #expect(values.count == 2)
  }

  @Test("A head that is 10 % worse in p99 is a regression of p99")
  func percentileRegression() throws {
    var machine = NoisyMachine(Seed(12))
    let result = try compare(
      try plan(Metric("p99(store)"), seed: Seed(13)), on: &machine, headSlower: 0.1)
    #expect(result.metrics[0].outcome == .regression, "\(result.metrics[0].reason)")
    #expect(try #require(result.metrics[0].ratio) > 1.05)
  }

  @Test("A head that is 8 % faster is an improvement, asked for a difference")
  func improvement() throws {
    var machine = NoisyMachine(Seed(14))
    let result = try compare(
      try plan(question: .difference, seed: Seed(15)), on: &machine, headSlower: -0.08)
    #expect(result.metrics[0].outcome == .improvement, "\(result.metrics[0].reason)")
    #expect(result.statuses == [.met])
  }

  @Test("Asked for a worsening, a faster head is done after the first look")
  func notWorse() throws {
    var machine = NoisyMachine(Seed(14))
    let result = try compare(try plan(seed: Seed(15)), on: &machine, headSlower: -0.08)
    #expect(result.metrics[0].outcome == .equivalent && result.pairs == 20)
  }

  @Test("Equal sides are equivalent, well before the last look")
  func equivalent() throws {
    var machine = NoisyMachine(Seed(16))
    machine.burstEvery = 0
    let result = try compare(try plan(seed: Seed(17)), on: &machine, headSlower: 0)
    #expect(result.metrics[0].outcome == .equivalent, "\(result.metrics[0].reason)")
    #expect(result.pairs <= 40)
  }

  @Test("A worsening that is sure but below the margin is no regression")
  func belowTheMargin() throws {
    var machine = NoisyMachine(Seed(18))
    machine.jitter = 0.002
    machine.burstEvery = 0
    machine.wandering = 0
    let result = try compare(try plan(seed: Seed(19)), on: &machine, headSlower: 0.015)
    #expect(result.metrics[0].outcome == .equivalent, "\(result.metrics[0].reason)")
  }

  @Test("A p99 that the blocks can't hold is inconclusive with that reason, and exit 4")
  func notHeld() throws {
    var machine = NoisyMachine(Seed(20))
    let result = try compare(
      try plan(Metric("p99.9"), seed: Seed(21)), on: &machine, headSlower: 0.5)
    let decision = result.metrics[0]
    #expect(decision.outcome == .inconclusive && decision.estimate == nil)
    #expect(decision.reason == "a block of the base has 2000 operations, p99.9 takes 10000")
    #expect(result.statuses == [.unknown] && result.pairs == 20)
  }

  @Test("A kind of operation that does not exist is inconclusive")
  func missingKind() throws {
    var machine = NoisyMachine(Seed(20))
    let result = try compare(
      try plan(Metric("p99(scan)"), seed: Seed(21)), on: &machine, headSlower: 0)
    #expect(result.metrics[0].reason == "a block of the base has no scan")
    #expect(result.metrics[0].outcome == .inconclusive)
  }

  @Test("An overloaded base makes a percentile inconclusive, an overloaded head does not")
  func overload() throws {
    var machine = NoisyMachine(Seed(22))
    var comparison = PairedComparison(try plan(Metric("p99"), seed: Seed(23)))
    guard case .run(let round) = comparison.next() else { return }
    var results = pairs(round, on: &machine, headSlower: 0)
    for index in results.indices { results[index].base.isOverloaded = true }
    try comparison.add(results)
    #expect(comparison.result.metrics[0].reason.contains("above the base's capacity"))
    for index in results.indices {
      results[index].base.isOverloaded = false
      results[index].head.isOverloaded = true
    }
    var other = PairedComparison(try plan(Metric("p99"), seed: Seed(23)))
    try other.add(results)
    #expect(other.result.metrics[0].estimate != nil || !other.isFinished)
  }

  @Test("A violated check ends the comparison and names its side")
  func violation() throws {
    var machine = NoisyMachine(Seed(24))
    var comparison = PairedComparison(try plan(seed: Seed(25)))
    guard case .run(let round) = comparison.next() else { return }
    var results = pairs(round, on: &machine, headSlower: 0.5)
    results[7].head.violations = ["durability: row 5 is missing"]
    results[9].head.violations = ["durability: row 5 is missing"]
    try comparison.add(results)
    #expect(comparison.isFinished)
    #expect(comparison.result.violations == ["head: durability: row 5 is missing"])
    #expect(comparison.result.metrics[0].outcome == .inconclusive)
    #expect(ExitStatus.first(of: comparison.result.statuses) == .incorrect)
  }

  @Test("Results that were not asked for are refused")
  func wrongResults() throws {
    var machine = NoisyMachine(Seed(26))
    var comparison = PairedComparison(try plan(seed: Seed(27)))
    guard case .run(let round) = comparison.next() else { return }
    let results = pairs(round, on: &machine, headSlower: 0)
    var swapped = results
    swapped[0].order = swapped[0].order == .baseFirst ? .headFirst : .baseFirst
    var empty = results
    empty[3].base.duration = .zero
    for bad in [Array(results.dropLast()), [], swapped, empty] {
      #expect(throws: GateError.self) { try comparison.add(bad) }
    }
    #expect(comparison.pairs.isEmpty)
    try comparison.add(results)
  }

  @Test("What was interrupted stays inconclusive and keeps its pairs")
  func interrupted() throws {
    var machine = NoisyMachine(Seed(28))
    machine.jitter = 0.3
    var comparison = PairedComparison(try plan(seed: Seed(29)))
    guard case .run(let first) = comparison.next() else { return }
    try comparison.add(pairs(first, on: &machine, headSlower: 0.05))
    guard case .run(let second) = comparison.next() else {
      Issue.record("decided after 20 pairs")
      return
    }
    let partial = Array(pairs(second, on: &machine, headSlower: 0.05).prefix(3))
    comparison.stop(keeping: partial, because: "interrupted")
    #expect(comparison.isFinished && comparison.pairs.count == 23)
    #expect(comparison.result.metrics[0].outcome == .inconclusive)
    let reason = comparison.result.metrics[0].reason
    #expect(reason.hasPrefix("interrupted after 23 pairs; "), "\(reason)")
    #expect(throws: GateError.self) { try comparison.add(partial) }
  }

  /// Plays so many pairs, the last round in part, and ends because the time is over.
  private func closed(
    after count: Int, headSlower: Double, seed: UInt64
  ) throws -> PairedComparison {
    var machine = NoisyMachine(Seed(seed))
    // Too noisy to be decided at an early look.
    machine.jitter = 0.08
    var comparison = PairedComparison(try plan(seed: Seed(seed + 1)))
    while case .run(let round) = comparison.next() {
      let results = pairs(round, on: &machine, headSlower: headSlower)
      let left = count - round.firstPair
      guard left >= round.pairs else {
        try comparison.close(with: Array(results.prefix(left)), because: "out of time")
        break
      }
      try comparison.add(results)
    }
    return comparison
  }

  @Test("When the time is over, the pairs that there are decide, at a limit that is stricter")
  func closingLook() throws {
    let comparison = try closed(after: 62, headSlower: 0.06, seed: 40)
    let decision = comparison.result.metrics[0]
    #expect(decision.pairs == 62 && decision.outcome == .regression, "\(decision.reason)")
    let limit = try #require(decision.limit)
    #expect(limit > singleLimits.limit(look: 2, found: 0))
    #expect(limit < singleLimits.limit(look: 1, found: 0))
    #expect(decision.reason.contains("62 pairs"))
    #expect(comparison.isFinished && comparison.result.stopped == "out of time")
  }

  @Test("Fewer pairs than the first look takes decide nothing, whatever they show")
  func closedTooEarly() throws {
    let comparison = try closed(after: 19, headSlower: 0.9, seed: 42)
    let decision = comparison.result.metrics[0]
    #expect(decision.outcome == .inconclusive && decision.look == 0)
    #expect(decision.reason.hasPrefix("out of time after 19 pairs; 2.50 x slower ("))
    #expect(comparison.pairs.count == 19)
  }

  @Test("The limit of a closing look is that of a look where there is one")
  func closingLimits() {
    for (look, pairs) in singleLimits.looks.enumerated() {
      let (usual, closing) = (
        singleLimits.limit(look: look, found: 0),
        singleLimits.closingLimit(pairs: pairs, found: 0)
      )
      #expect(abs(usual - closing) < 1e-9)
    }
  }

  @Test("Plans without a metric, with one twice, or with too few questions are refused")
  func badPlans() throws {
    let rule = try MetricRule(.throughput)
    let tail = try MetricRule(Metric("p99"))
    for rules in [[], [rule, rule], [rule, tail]] {
      let error = try #require(throws: GateError.self) {
        try ComparisonPlan(
          rules: rules, question: .worsening, limits: singleLimits, seed: Seed(1))
      }
      #expect(error.code == .plan && error.exitStatus == .usage)
    }
  }

  @Test("Two metrics are judged at half the alpha each, and a finding passes its half on")
  func holm() throws {
    let rules = [try MetricRule(.throughput), try MetricRule(Metric("p99"))]
    var race = DecisionRace(
      rules: rules, question: .worsening, limits: doubleLimits)
    var noise = NoisyMachine(Seed(30))
    // z of about 2.7 at the last look: too little for half of alpha, enough for all of it.
    let clear = (0..<100).map { _ in 0.2 + 0.01 * noise.normal() }
    let spread = (0..<100).map { _ in noise.normal() }
    let shift = shiftForStatistic(2.7, spread)
    let weak = spread.map { $0 + shift }
    for look in doubleLimits.looks {
      race.look { index in
        .values(Array((index == 0 && look >= 40 ? clear : weak).prefix(look)))
      }
    }
    #expect(race.outcomes == [.regression, .regression])
    // The finding that frees the half may come second, and at the last look.
    var backwards = DecisionRace(rules: rules, question: .worsening, limits: doubleLimits)
    for look in doubleLimits.looks {
      backwards.look { index in
        .values(Array((index == 1 && look == 100 ? clear : weak).prefix(look)))
      }
    }
    #expect(backwards.outcomes == [.regression, .regression])
    var alone = DecisionRace(rules: [rules[1]], question: .worsening, limits: doubleLimits)
    for look in doubleLimits.looks { alone.look { _ in .values(Array(weak.prefix(look))) } }
    #expect(alone.outcomes == [.inconclusive])
    var later = DecisionRace(
      rules: [rules[1]], question: .worsening, limits: doubleLimits, regressionsBefore: 1)
    for look in doubleLimits.looks { later.look { _ in .values(Array(weak.prefix(look))) } }
    #expect(later.outcomes == [.regression])
  }

  /// The shift that gives values a signed-rank statistic of at least `z`, just so.
  private func shiftForStatistic(_ z: Double, _ values: [Double]) -> Double {
    var (low, high) = (-2.0, 2.0)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if SignedRankTest(values.map { $0 + middle }).z < z { low = middle } else { high = middle }
    }
    return high
  }

  @Test("A result survives JSON, bounds that are not known included")
  func json() throws {
    var machine = NoisyMachine(Seed(32))
    var comparison = PairedComparison(try plan(seed: Seed(33)))
    guard case .run(let round) = comparison.next() else { return }
    let two = Array(pairs(round, on: &machine, headSlower: -0.05).prefix(2))
    try comparison.close(with: two, because: "out of time")
    let result = comparison.result
    #expect(result.metrics[0].lower == nil, "two pairs have no interval")
    let data = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(ComparisonResult.self, from: data) == result)
  }

  @Test("Neighbours of a recording become pairs in the order in which they ran")
  func neighbours() {
    let blocks = (0..<41).map { number in
      BlockMeasurement(operations: UInt64(number), duration: .seconds(1))
    }
    let pairs = BlockPair.neighbours(blocks, seed: Seed(40))
    #expect(pairs.count == 20)
    #expect(pairs.flatMap(\.inOrder) == Array(blocks.dropLast()))
    #expect(Set(pairs.map(\.order)) == [.baseFirst, .headFirst])
  }

  @Test("A reason says how head compares with base as a signed change, and how much is possible")
  func reasons() throws {
    let rule = try MetricRule(.throughput)
    let sequential = SequentialRule(rule, question: .worsening)
    func reason(_ differences: [Double]) -> String {
      let look = sequential.judge(differences, limit: 2.6, isLast: true)
      return DecisionReason.text(
        rule, look, look.outcome ?? .inconclusive, pairs: differences.count)
    }
    let steps = (0..<20).map { 0.0001 * Double($0) }
    #expect(reason(steps.map { $0 + 0.1 }).hasPrefix("-9.60 % in 20 pairs, beyond"))
    #expect(reason(steps.map { $0 - 0.1 }).hasPrefix("+10.4 % in 20 pairs, beyond"))
    #expect(reason(steps).hasPrefix("at worst -0.12 % after 20 pairs"))
    #expect(reason(steps.map { $0 - 0.01 }).hasPrefix("at worst +0.88 % after 20 pairs"))
    #expect(reason(steps.map { $0 * 200 - 0.2 }).contains(" is possible and -4.76 %"))
  }
}
