import Statistics
import Testing

@testable import Gate

@Suite("The rule at a look")
struct SequentialRuleTests {
  /// Differences about a centre, evenly spread; more is worse.
  private func about(_ centre: Double, spread: Double = 0.001, count: Int = 100) -> [Double] {
    (0..<count).map { centre + spread * (Double($0) / Double(count - 1) - 0.5) }
  }

  private func outcome(
    _ differences: [Double], question: SequentialRule.Question = .worsening, limit: Double = 2.6,
    isLast: Bool = false
  ) throws -> SequentialRule.Outcome? {
    SequentialRule(try MetricRule(.throughput), question: question)
      .judge(differences, limit: limit, isLast: isLast).outcome
  }

  @Test("A sure worsening is a regression from the margin of 2.5 % on, not below")
  func margin() throws {
    #expect(try outcome(about(0.026)) == .regression)
    #expect(try outcome(about(0.023)) == .equivalent)
    #expect(try outcome(about(0.023), isLast: true) == .equivalent)
    // Sure to be worse, but its estimate lies below the margin and its bound above.
    let wide = about(0.023, spread: 0.1)
    #expect(SignedRankTest(wide).z > 2.6)
    #expect(try outcome(wide) == nil)
  }

  @Test("A large worsening is no regression before its statistic passes the look's limit")
  func limit() throws {
    let few = about(0.3, count: 20)
    #expect(try outcome(few, limit: 5.82) == nil)
    #expect(try outcome(few, limit: 3.8) == .regression)
    #expect(try outcome(few, limit: 5.82, isLast: true) == .inconclusive)
  }

  @Test("Many pairs without any difference keep a regression from being found")
  func zeros() throws {
    // Signed ranks alone would be sure: of those that differ, all are worse.
    let tied = about(0.2, count: 30) + [Double](repeating: 0, count: 70)
    #expect(SignedRankTest(tied).z > 2.6)
    #expect(try outcome(tied) != .regression)
  }

  @Test("Asked for a difference an improvement mirrors a regression, and is not cut off")
  func improvement() throws {
    #expect(try outcome(about(-0.026), question: .difference) == .improvement)
    #expect(try outcome(about(-0.023), question: .difference) == .equivalent)
    let few = about(-0.3, count: 20)
    #expect(try outcome(few, question: .difference, limit: 5.82) == nil)
    #expect(try outcome(few, question: .worsening, limit: 5.82) == .equivalent)
    #expect(
      try outcome(few, question: .difference, limit: 5.82, isLast: true) == .inconclusive)
  }

  @Test("Before the last look equivalence takes the margin, at the last one the effect")
  func equivalence() throws {
    let wide = about(0.02, spread: 0.2, count: 100)
    // Between ln 1.025 = 0.0247 and ln 1.05 = 0.0488, or the example says nothing.
    let upper = HodgesLehmann(wide).interval(z: 1.96).upper
    #expect((0.0248..<0.0487).contains(upper))
    #expect(try outcome(wide) == nil)
    #expect(try outcome(wide, isLast: true) == .equivalent)
    #expect(try outcome(about(0.02, spread: 0.6), isLast: true) == .inconclusive)
  }

  @Test("One pair decides nothing")
  func onePair() throws {
    #expect(try outcome([0.5]) == nil)
    #expect(try outcome([0.5], isLast: true) == .inconclusive)
  }
}
