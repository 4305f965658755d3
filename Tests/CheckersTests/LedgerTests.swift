import AssayModel
import Testing

@testable import Checkers

@Suite("Durability and atomicity of transfers")
struct LedgerTests {
  private static let clean = """
    account 0=990
    account 1=1010
    row p0a0#0 0>1 10
    p0a0 transfer #0 0>1 10 @0-5 ok
    p0a1 audit 2000 @6-7 ok
    """

  private func judge(_ check: CheckName, _ text: String) throws -> CheckResult {
    try CheckersTests.judge(check, cell(.ledger, checks: [.durability, .atomicity]), text)
  }

  @Test("A ledger whose rows and balances agree with its history is legal")
  func cleanHistory() throws {
    #expect(try judge(.durability, Self.clean).status == .valid)
    #expect(try judge(.atomicity, Self.clean).status == .valid)
  }

  @Test("An acknowledged transfer without a row is lost")
  func lostTransfer() throws {
    let result = try judge(
      .durability, "account 0=1000\naccount 1=1000\np0a0 transfer #3 0>1 10 @0-5 ok")
    #expect(
      result.witness == ["transfer p0.0/a0#3, acknowledged, invoked +0.000000 s, has no row"])
  }

  @Test("A copy may lack what was acknowledged after it had been begun, and nothing else")
  func copied() throws {
    let history = HistoryText(
      """
      account 0=990
      account 1=1010
      row p0a0#0 0>1 10
      p0a0 transfer #0 0>1 10 @0-5 ok
      p0a1 transfer #0 0>1 20 @6-9 ok
      p0a1 audit 2000 @10-11 ok
      """)
    func statuses(copiedAt time: Int?) throws -> [CheckResult.Status] {
      var record = record(cell(.ledger, checks: [.durability, .atomicity]), history)
      record.copied = time.map(HistoryText.time)
      var events = ListedEvents(rest: history.events[...])
      var content: ListedContent? = ListedContent(rest: history.content[...])
      return try CheckSuite(record: record).run(events: &events, content: &content)
        .results.map(\.status)
    }
    #expect(try statuses(copiedAt: nil) == [.violated, .valid])
    #expect(try statuses(copiedAt: 10) == [.violated, .valid])
    #expect(try statuses(copiedAt: 9) == [.violated, .valid])
    #expect(try statuses(copiedAt: 8) == [.valid, .valid])
    // Nothing is known to be in it any more.
    #expect(try statuses(copiedAt: 4) == [.unknown, .unknown])
  }

  @Test("A transfer of unknown outcome may have a row or none")
  func unknownTransfer() throws {
    let history = "p0a0 transfer #0 0>1 10 @0-1 ok\np0a0 transfer #1 0>1 10 @2-"
    #expect(try judge(.durability, "row p0a0#0 0>1 10\n" + history).status == .valid)
    let both = "row p0a0#0 0>1 10\nrow p0a0#1 0>1 10\n" + history
    #expect(try judge(.durability, both).status == .valid)
  }

  @Test("The row of a failed transfer, and one that nobody asked for, are violations")
  func phantomRows() throws {
    let base = "row p0a0#0 0>1 10\np0a0 transfer #0 0>1 10 @0-1 ok\n"
    let failed = try judge(
      .durability, base + "row p0a0#1 0>1 10\np0a0 transfer #1 0>1 10 @2-3 failed code 5")
    #expect(failed.witness == ["transfer p0.0/a0#1, reported as failed, has a row"])
    let phantom = try judge(.durability, base + "row p0a1#7 0>1 10")
    #expect(phantom.witness == ["transfer p0.0/a1#7 has a row, but no actor asked for it"])
    let twice = try judge(.durability, base + "row p0a0#0 0>1 10")
    #expect(twice.status == .violated)
  }

  @Test("A transfer that failed at first and was then acknowledged must have its row")
  func retriedTransfer() throws {
    let history = """
      p0a0 transfer #0 0>1 10 @0-1 failed code 5
      p0a1 transfer #0 1>0 10 @0-1 failed code 5
      p0a0 transfer #0 0>1 10 @2-3 ok again
      """
    #expect(try judge(.durability, "row p0a0#0 0>1 10\n" + history).status == .valid)
    #expect(try judge(.durability, history).status == .violated)
  }

  @Test("Half a transfer is caught by its account and the sum, and the transfer is named")
  func halfApplied() throws {
    let result = try judge(
      .atomicity,
      """
      account 0=990
      account 1=1000
      row p0a0#0 0>1 10
      p0a0 transfer #0 0>1 10 @0-
      p0a1 transfer #0 0>1 25 @0-3 failed
      """)
    #expect(
      result.witness == [
        "the balances add up to 1,990 instead of 2,000",
        "account 1 holds 1,000, its transfers leave 1,010",
        "half-applied, perhaps: transfer p0.0/a0#0 of 10 from 0 to 1 (unknown); "
          + "account 1 is off by -10",
      ])
  }

  @Test("A debit without credit and row is caught")
  func lostHalf() throws {
    let result = try judge(
      .atomicity, "account 0=990\naccount 1=1000\np0a0 transfer #0 0>1 10 @0-\n")
    #expect(result.status == .violated)
    #expect(result.witness.contains { $0.contains("transfer p0.0/a0#0 of 10") })
  }

  @Test("A transfer whose row was lost but whose money moved is caught though the sum holds")
  func movedWithoutRow() throws {
    let result = try judge(
      .atomicity, "account 0=990\naccount 1=1010\np0a0 transfer #0 0>1 10 @0-5 ok")
    #expect(result.status == .violated)
    #expect(!result.witness.contains { $0.contains("add up") })
  }

  @Test("An audit that read another sum saw half a transfer")
  func tornAudit() throws {
    let result = try judge(.atomicity, Self.clean + "\np0a1 audit 1990 @8-9 ok")
    #expect(
      result.witness == [
        "the audit of p0.0/a1, invoked +0.008000 s, read the sum 1,990 instead of 2,000"
      ])
  }

  @Test("A failed audit proves nothing")
  func failedAudit() throws {
    let text = Self.clean + "\np0a1 audit 0 @8-9 failed code 5"
    #expect(try judge(.atomicity, text).status == .valid)
  }

  @Test("An account that vanished is caught")
  func missingAccount() throws {
    let result = try judge(
      .atomicity, "account 0=990\nrow p0a0#0 0>1 10\np0a0 transfer #0 0>1 10 @0-5 ok")
    #expect(result.witness.contains("account 1 has no row"))
  }

  @Test("A ledger without an acknowledged transfer shows nothing")
  func nothingAcknowledged() throws {
    let text = "account 0=1000\naccount 1=1000\np0a0 transfer #0 0>1 10 @0-1 failed code 5"
    #expect(try judge(.durability, text).sawNothing)
    #expect(try judge(.atomicity, text).sawNothing)
  }

  @Test("Kills that hit no write prove nothing; one inside a write does")
  func idleKills() throws {
    let planned = cell(.ledger, checks: [.durability, .atomicity]) {
      $0.faults = [FaultSpecification(kind: .kill, target: .random, trigger: .at(.seconds(1)))]
    }
    let idle = "process p1 0-100 killed\nkill p1 @90\n" + Self.clean
    for check in [CheckName.durability, .atomicity] {
      #expect(try CheckersTests.judge(check, planned, Self.clean).sawNothing)
      #expect(try CheckersTests.judge(check, planned, idle).sawNothing)
      let hit = try CheckersTests.judge(check, planned, idle + "\np1a0 transfer #0 0>1 5 @89-")
      #expect(hit.status == .valid)
    }
  }

  @Test("A million rows of random identifiers cannot take all memory, and are all phantoms")
  func randomIdentifiers() {
    var bitmap = TransferBitmap()
    var generator = SeededGenerator(Seed(7))
    var refused = 0
    for _ in 0..<50_000 where !bitmap.insert(generator.next()) { refused += 1 }
    #expect(refused == 50_000 - 16_384)
    #expect(bitmap.count == 16_384)
  }

  @Test("A bitmap holds what was put in and not taken out, in order")
  func bitmap() {
    var bitmap = TransferBitmap()
    var reference: Set<UInt64> = []
    var generator = SeededGenerator(Seed(11))
    for _ in 0..<20_000 {
      let identifier = UInt64(generator.below(3)) << 32 | UInt64(generator.below(5_000))
      if generator.below(2) == 0 {
        #expect(bitmap.insert(identifier) == reference.insert(identifier).inserted)
      } else {
        #expect(bitmap.remove(identifier) == (reference.remove(identifier) != nil))
      }
    }
    #expect(bitmap.count == reference.count)
    #expect(bitmap.first(.max) == reference.sorted())
  }
}
