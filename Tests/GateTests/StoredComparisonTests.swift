import AssayModel
import Testing

@testable import Gate

@Suite("Comparisons with stored blocks")
struct StoredComparisonTests {
  /// Sessions whose moods differ by `mood`, a logarithm's standard deviation.
  private func sessions(_ count: Int, mood: Double, _ seed: Seed) -> [[BlockMeasurement]] {
    var noise = NoisyMachine(seed)
    return (0..<count).map { _ in
      let level = mood * noise.normal()
      return (0..<10).map { _ in BlockMaker().block(level + 0.01 * noise.normal()) }
    }
  }

  private func judge(
    _ stored: [[BlockMeasurement]], headSlower slowness: Double, metric: Metric = .throughput
  ) throws -> MetricDecision {
    let head = (0..<10).map { _ in BlockMaker().block(slowness) }
    return StoredComparison.judge(try MetricRule(metric), base: stored, head: head)
  }

  @Test("On a machine of steady moods a 20 % slower head is a regression, an equal one is not")
  func steady() throws {
    let stored = sessions(8, mood: 0.01, Seed(70))
    let slower = try judge(stored, headSlower: 0.2)
    #expect(slower.outcome == .regression, "\(slower.reason)")
    #expect(try judge(stored, headSlower: 0).outcome == .equivalent)
    let faster = try judge(stored, headSlower: -0.2)
    #expect(faster.outcome == .improvement)
    #expect(try #require(faster.ratio) > 1.15)
  }

  @Test("On a machine of changing moods the same head is inconclusive, never a pass")
  func moody() throws {
    let stored = sessions(8, mood: 0.2, Seed(71))
    #expect(try judge(stored, headSlower: 0.2).outcome == .inconclusive)
    #expect(try judge(stored, headSlower: 0).outcome == .inconclusive)
  }

  @Test("A further session of the base is called a regression no more often than alpha")
  func quiet() throws {
    let seed = Seed(72)
    let rule = try MetricRule(.throughput)
    var alarms = 0
    for trial in 0..<400 {
      let all = sessions(7, mood: 0.1, seed.derived("trial", trial))
      let decision = StoredComparison.judge(
        rule, base: Array(all.dropLast()), head: all[6], alpha: 0.05)
      if decision.outcome == .regression { alarms += 1 }
    }
    print("stored sessions at 5 %: \(alarms) false alarms of 400, seed \(seed)")
    // 20 are expected; three standard errors are 13.
    #expect((6...33).contains(alarms), "seed \(seed): \(alarms)")
  }

  @Test("Four sessions, short ones, or blocks without p99.9 are inconclusive with that reason")
  func tooLittle() throws {
    let few = try judge(sessions(4, mood: 0.01, Seed(73)), headSlower: 1)
    #expect(few.outcome == .inconclusive)
    #expect(few.reason.hasPrefix("4 stored sessions of 8 blocks and 10 blocks of the head"))
    let short = sessions(9, mood: 0.01, Seed(74)).map { Array($0.prefix(5)) }
    #expect(try judge(short, headSlower: 1).reason.hasPrefix("0 stored sessions"))
    let tail = try judge(
      sessions(6, mood: 0.01, Seed(75)), headSlower: 1, metric: Metric("p99.9"))
    #expect(tail.reason.contains("p99.9 takes 10000") && tail.outcome == .inconclusive)
  }
}
