import AssayModel
import Testing

@testable import Gate

@Suite("The environment guard")
struct EnvironmentTests {
  private func pairs(
    _ count: Int = 20, _ reading: (Int, _ isHead: Bool) -> BlockEnvironment
  ) -> [BlockPair] {
    (0..<count).map { index in
      func block(_ isHead: Bool) -> BlockMeasurement {
        BlockMeasurement(
          operations: 100, duration: .seconds(1), environment: reading(index, isHead))
      }
      return BlockPair(order: .baseFirst, base: block(false), head: block(true))
    }
  }

  private func judge(_ pairs: [BlockPair]) -> EnvironmentVerdict {
    EnvironmentGuard.judge(pairs, EnvironmentGuard.Thresholds())
  }

  @Test("A calm machine is valid, and so is one without readings")
  func calm() {
    let calm = BlockEnvironment(
      stealShare: 0.01, loadAverage: 2, processor: "A", processors: 2, megahertz: 3_000,
      fsyncCanary: .microseconds(400))
    #expect(judge(pairs { _, _ in calm }).isValid)
    #expect(judge(pairs { _, _ in BlockEnvironment() }).isValid)
    #expect(judge([]).isValid)
  }

  @Test("A processor that changes is invalid for good")
  func processorChange() {
    let verdict = judge(pairs { index, _ in BlockEnvironment(processor: index < 15 ? "A" : "B") })
    #expect(verdict.isFinal && verdict.reasons == ["the processor changed: A, then B"])
    #expect(judge(pairs { index, _ in BlockEnvironment(processors: index < 3 ? 2 : 4) }).isFinal)
  }

  @Test("Stolen time and load beyond their limits are invalid, and may get better")
  func shortages() {
    let stolen = judge(pairs { _, _ in BlockEnvironment(stealShare: 0.4) })
    #expect(stolen.reasons == ["40.0 % of the time was stolen, allowed 25.0 %"])
    #expect(!stolen.isFinal)
    let loaded = judge(pairs { _, _ in BlockEnvironment(loadAverage: 20, processors: 2) })
    #expect(loaded.reasons == ["load 10.0 per processor, allowed 4.00"])
    #expect(judge(pairs { _, _ in BlockEnvironment(loadAverage: 20, processors: 8) }).isValid)
  }

  @Test("A load that lasts a part of the run only is borne by the pairs")
  func partialLoad() {
    let verdict = judge(
      pairs { index, _ in BlockEnvironment(loadAverage: index < 8 ? 20 : 2, processors: 2) })
    #expect(verdict.isValid)
  }

  @Test("A canary that gets twenty times slower, or differs between the sides, is invalid")
  func canary() {
    let drift = judge(
      pairs { index, _ in BlockEnvironment(fsyncCanary: .microseconds(index < 10 ? 400 : 8_000)) })
    #expect(
      drift.reasons
        == ["the fsync canary differs by 20.0 x between the halves of the run, allowed 10.0 x"])
    let sides = judge(
      pairs { _, isHead in BlockEnvironment(fsyncCanary: .microseconds(isHead ? 2_000 : 400)) })
    #expect(sides.reasons.count == 1 && sides.reasons[0].contains("between base and head"))
    #expect(
      judge(
        pairs(4) { index, _ in
          BlockEnvironment(fsyncCanary: .microseconds(index < 2 ? 400 : 8_000))
        }
      ).isValid, "four pairs say nothing about halves")
  }

  @Test("A clock that falls to half is invalid")
  func clock() {
    let verdict = judge(
      pairs { index, _ in BlockEnvironment(megahertz: index < 10 ? 3_000 : 1_500) })
    #expect(!verdict.isValid)
  }

  @Test("In a bad environment a slower head is no regression, and exits with 5")
  func noRegression() throws {
    var machine = NoisyMachine(Seed(50))
    var comparison = PairedComparison(try plan(seed: Seed(51)))
    while case .run(let round) = comparison.next() {
      var results = slowedPairs(round, &machine)
      for index in results.indices {
        results[index].base.environment = BlockEnvironment(stealShare: 0.4)
      }
      try comparison.add(results)
    }
    #expect(comparison.result.metrics[0].outcome == .environmentInvalid)
    #expect(comparison.result.metrics[0].reason.contains("stolen"))
    #expect(comparison.result.statuses == [.environment])
  }

  @Test("A change of the processor ends a comparison at once")
  func endsAtOnce() throws {
    var machine = NoisyMachine(Seed(52))
    var comparison = PairedComparison(try plan(seed: Seed(53)))
    guard case .run(let round) = comparison.next() else { return }
    var results = slowedPairs(round, &machine)
    results[0].base.environment = BlockEnvironment(processor: "A")
    results[1].base.environment = BlockEnvironment(processor: "B")
    try comparison.add(results)
    #expect(comparison.isFinished && comparison.result.pairs == 20)
    #expect(comparison.result.metrics[0].outcome == .environmentInvalid)
  }

  private func slowedPairs(
    _ round: PairedComparison.Round, _ machine: inout NoisyMachine
  ) -> [BlockPair] {
    GateTests.pairs(round, on: &machine, headSlower: 0.3)
  }
}
