import AssayModel
import Testing

@testable import Checkers

@Suite("Takeovers and recovery time")
struct TakeoverTests {
  private func find(_ text: String) throws -> (result: CheckResult, takeovers: [Takeover]) {
    let findings = try findings(cell(.locks, checks: [.recoveryTime]), text)
    return (findings.results[0], findings.takeovers)
  }

  @Test("A killed holder's lock is timed from its last renewal and from the kill")
  func killedHolder() throws {
    let (result, takeovers) = try find(
      """
      process p0 0-210 killed
      kill p0 @200
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0a9 renew 0 token 1 until 650 granted 149 @148-150 ok
      p1a0 acquire 0 token 2 until 1200 @10-660 ok
      """)
    #expect(result.status == .valid)
    #expect(result.evidence == "1 takeover")
    #expect(
      takeovers == [
        Takeover(
          lock: 0, from: HistoryText.actor("p0a0"), to: HistoryText.actor("p1a0"), token: 2,
          lastRenewal: HistoryText.time(149), killed: HistoryText.time(200),
          acquired: HistoryText.time(660), isReentry: false)
      ])
  }

  @Test("A released lock is handed over, not taken over")
  func released() throws {
    let (result, takeovers) = try find(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0a0 release 0 token 1 @6-7 ok
      p1a0 acquire 0 token 2 until 900 @1-20 ok
      """)
    #expect(result.sawNothing)
    #expect(takeovers.isEmpty)
  }

  @Test("A release that died on its way may have freed the lock")
  func releaseUnderWay() throws {
    let (_, takeovers) = try find(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0a0 release 0 token 1 @6-
      p1a0 acquire 0 token 2 until 900 @1-20 ok
      """)
    #expect(takeovers.isEmpty)
  }

  @Test("A lock that was taken before its lease had ended is a violation")
  func tooEarly() throws {
    let (result, _) = try find(
      """
      process p0 0-210 killed
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p1a0 acquire 0 token 2 until 1200 @10-498 ok
      """)
    #expect(
      result.witness == [
        "lock 0: p1.0/a0 took it +0.498000 s, while the lease of p0.0/a0 ran until +0.500000 s"
      ])
  }

  @Test("A millisecond before the end of the lease is within what clocks can tell")
  func justInTime() throws {
    let (result, _) = try find(
      "p0a0 acquire 0 token 1 until 500 @0-5 ok\np1a0 acquire 0 token 2 until 1200 @10-499 ok")
    #expect(result.status == .valid)
  }

  @Test("A stable owner's next incarnation may re-enter at once, another owner may not")
  func reentry() throws {
    func text(_ owner: String) -> String {
      """
      process p0 0-60 killed owner A
      process p0.1 90-900 owner \(owner)
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0.1a0 acquire 0 token 2 until 600 @95-100 ok
      """
    }
    let same = try find(text("A"))
    #expect(same.result.status == .valid)
    #expect(same.result.evidence == "1 takeover, 1 of them by re-entry")
    #expect(same.takeovers[0].isReentry)
    #expect(try find(text("B")).result.status == .violated)
  }

  @Test("A planted row is timed from its planting and waited out")
  func plantedRow() throws {
    let (result, takeovers) = try find(
      "stale 0 @100\np1a0 acquire 0 token 7 until 1200 @50-620 ok")
    #expect(result.status == .valid)
    #expect(takeovers[0].from == nil)
    #expect(takeovers[0].lastRenewal == HistoryText.time(100))
    #expect(
      try find("stale 0 @100\np1a0 acquire 0 token 7 until 1200 @50-300 ok").result.status
        == .violated)
    #expect(
      try find("stale 1 @100\np1a0 acquire 0 token 7 until 1200 @50-300 ok").takeovers.isEmpty)
  }

  @Test("A row planted by a process of its own is an acquisition, and nobody's when taken over")
  func plantedByProcess() throws {
    let (result, takeovers) = try find(
      """
      process p9 90-110 killed
      stale 0 by 9 @90
      p9a0 acquire 0 token 6 until 600 granted 100 @95-101 ok
      p1a0 acquire 0 token 7 until 1200 @50-620 ok
      """)
    #expect(result.status == .valid)
    #expect(takeovers.count == 1)
    #expect(takeovers[0].from == nil)
    #expect(takeovers[0].lastRenewal == HistoryText.time(100))
  }

  @Test("Without a word for its start a lease began its length before its end")
  func leaseStart() throws {
    // Stopped inside the call after its commit at 20, it returns only after the next acquisition.
    let (result, takeovers) = try find(
      """
      p0a0 acquire 0 token 1 until 520 ungranted @0-1000 ok
      p1a0 acquire 0 token 2 until 1200 @10-530 ok
      """)
    #expect(result.status == .valid)
    #expect(takeovers.map(\.lastRenewal) == [HistoryText.time(20)])
  }

  @Test("A dead owner's lock that stays taken beyond the bound is a miss of speed")
  func neverFree() throws {
    let sum = BoundExpression(
      terms: [.init(factor: 1, variable: .ttl), .init(factor: 400e6)], text: "ttl + 400ms")
    let bounded = cell(.locks, checks: []) {
      let rule = ExpectationRule(requirement: .bound(Bound(max: sum)))
      $0.expectations = [Expectation(check: .recoveryTime, rules: [rule])]
    }
    func judged(waitUntil: Int) throws -> CheckResult {
      try judge(
        .recoveryTime, bounded,
        """
        process p0 0-60 killed
        p0a0 acquire 0 token 1 until 505 @0-5 ok
        p1a0 acquire 0 @10-\(waitUntil) failed code -3
        """)
    }
    let stuck = try judged(waitUntil: 2_000)
    #expect(stuck.status == .violated)
    #expect(stuck.evidence.hasSuffix("was still not free after 1.995 s"))
    let verdict = Judgement.verdicts(
      of: bounded, checks: [stuck], figures: [], library: LibraryVersion(number: 3_040_001))
    #expect(verdict.map(ExitCode.of) == [.tooSlow])
    #expect(try judged(waitUntil: 800).sawNothing)
  }

  @Test("A lock that a later owner may have had, who died unanswered, was not kept by the first")
  func neverFreeBehindAnother() throws {
    let limit = BoundExpression(terms: [.init(factor: 900e6)], text: "900ms")
    let bounded = cell(.locks, checks: []) {
      let rule = ExpectationRule(requirement: .bound(Bound(max: limit)))
      $0.expectations = [Expectation(check: .recoveryTime, rules: [rule])]
    }
    func judged(otherDied death: Int) throws -> CheckResult {
      try judge(
        .recoveryTime, bounded,
        """
        process p0 0-60 killed
        process p2 0-\(death) killed
        p0a0 acquire 0 token 1 until 505 @0-5 ok
        p2a0 acquire 0 @10-
        p1a0 acquire 0 @10-2000 failed code -3
        """)
    }
    #expect(try judged(otherDied: 1_500).sawNothing)
    // One that died while the first lease still ran never had the lock.
    #expect(try judged(otherDied: 400).status == .violated)
  }

  @Test("A lock that its living holder lost passes on as a takeover")
  func leaseLost() throws {
    let (_, takeovers) = try find(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p1a0 acquire 0 token 2 until 1200 @10-510 ok
      p0a0 release 0 token 1 @600-601 failed code -2
      """)
    #expect(takeovers.count == 1)
    #expect(takeovers[0].killed == nil)
  }

  @Test("A passage whose last renewal nobody knows is counted, not timed")
  func unknownRenewal() throws {
    let renewing = try find(
      """
      process p0 0-60 killed
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0a9 renew 0 token 1 until 550 @50-
      p1a0 acquire 0 token 2 until 1200 @10-560 ok
      """)
    #expect(renewing.takeovers.isEmpty)
    #expect(renewing.result.evidence == "0 takeovers, 1 more that can't be timed")
    let between = try find(
      """
      process p0 0-60 killed
      process p2 0-800 killed
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p2a0 acquire 0 @10-
      p1a0 acquire 0 token 3 until 2200 @10-1300 ok
      """)
    #expect(between.takeovers.isEmpty)
  }

  @Test("A lock that nobody waited for says nothing about recovery")
  func unwanted() throws {
    let (result, takeovers) = try find(
      "p0a0 acquire 0 token 1 until 500 @0-5 ok\np1a0 acquire 0 token 2 until 9900 @3000-3001 ok")
    #expect(takeovers.isEmpty)
    #expect(result.evidence == "0 takeovers, 1 more without a waiter")
  }

  @Test("An actor that takes its own lost lock again has taken over from nobody")
  func sameActor() throws {
    let (_, takeovers) = try find(
      "p0a0 acquire 0 token 1 until 500 @0-5 ok\np0a0 acquire 0 token 2 until 9900 @400-510 ok")
    #expect(takeovers.isEmpty)
  }

  @Test(
    "The number of a lock is the last number among the words that name the target",
    arguments: [("lock 3", 3), ("7", 7), ("p0 lock 12.", 12), ("lock", nil), ("", nil)]
      as [(String, Int?)])
  func lockNumbers(target: String, number: Int?) {
    #expect(TakeoverFinder.lockNumber(in: target) == number)
  }
}
