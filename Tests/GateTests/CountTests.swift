import AssayModel
import Testing

@testable import Gate

@Suite("Exact counts")
struct CountTests {
  private func block(_ counts: [String: UInt64], operations: UInt64 = 1_000) -> BlockMeasurement {
    BlockMeasurement(operations: operations, duration: .seconds(1), counts: counts)
  }

  @Test("One more sync in 1,000 transactions is a regression that names both counts")
  func oneMore() throws {
    let base = block(["syncs": 6, "writes": 2_012])
    let head = block(["syncs": 7, "writes": 2_012])
    let found = try ExactCounts.compare(base: [base, base], head: [head, head])
    #expect(found.map(\.name) == ["syncs", "writes"])
    #expect(found.map(\.outcome) == [.increased, .same])
    #expect(
      found[0].reason
        == "syncs 6 before, 7 now, 1 more in 1000 operations: 6.00 and 7.00 per 1,000")
    #expect(found[0].basePerOperation == 0.006 && found[0].headPerOperation == 0.007)
    #expect(found[0].outcome.exitStatus == .tooSlow)
  }

  @Test("Fewer syncs are an improvement, more cache hits only a change")
  func decrease() throws {
    let found = try ExactCounts.compare(
      base: [block(["syncs": 7, "sqlite.cache_hits": 5])],
      head: [block(["syncs": 6, "sqlite.cache_hits": 9])])
    #expect(found.map(\.outcome) == [.changed, .decreased])
    #expect(found.allSatisfy { $0.outcome.exitStatus == .met })
  }

  @Test("Counts that differ between repetitions of one side are not exact, never a verdict")
  func notExact() throws {
    let base = [block(["syncs": 6]), block(["syncs": 8])]
    let found = try ExactCounts.compare(base: base, head: [block(["syncs": 90])])
    #expect(found[0].outcome == .notExact)
    #expect(found[0].reason == "repetitions of the base differ: 6 and 8")
    #expect(found[0].outcome.exitStatus == .unknown)
  }

  @Test("A count that only one side has, or nobody, is missing")
  func missing() throws {
    let found = try ExactCounts.compare(base: [block(["syncs": 6])], head: [block([:])])
    #expect(found[0].outcome == .missing && found[0].reason == "the head was not counted")
    let asked = try ExactCounts.compare(
      base: [block([:])], head: [block([:])], names: ["locks"])
    #expect(asked.map(\.outcome) == [.missing])
    #expect(asked[0].outcome.exitStatus == .unknown)
  }

  @Test("Equal counts of an operation that never succeeded are no pass, whichever side it is")
  func neverSucceeded() throws {
    let (good, bad) = (
      block(["syncs": 6]),
      {
        var block = block(["syncs": 6])
        block.attempts = [
          "store": BlockAttempts(acknowledged: 1_000, hasSucceeded: true),
          "prune": BlockAttempts(
            acknowledged: 0, failed: 85, errors: 85, code: "SQLITE_ERROR", hasSucceeded: false),
        ]
        return block
      }()
    )
    for (base, head, name) in [(bad, good, "base"), (good, bad, "head"), (bad, bad, "base")] {
      let error = try #require(throws: GateError.self) {
        try ExactCounts.compare(base: [base], head: [head])
      }
      #expect(error.found.contains("'prune' of the \(name) never succeeded, with SQLITE_ERROR"))
      let entry = CountComparison.incomparable(error)
      #expect(entry.outcome.exitStatus == .unknown)
      #expect(entry.reason.contains("prune"))
    }
    #expect(try ExactCounts.compare(base: [good], head: [good]).map(\.outcome) == [.same])
  }

  @Test("Sides that did different work are refused")
  func otherWork() throws {
    let error = try #require(throws: GateError.self) {
      try ExactCounts.compare(
        base: [block(["syncs": 6])], head: [block(["syncs": 6], operations: 999)])
    }
    #expect(error.code == .otherWorkload && error.exitStatus == .usage)
    #expect(throws: GateError.self) { try ExactCounts.compare(base: [], head: [block([:])]) }
  }
}
