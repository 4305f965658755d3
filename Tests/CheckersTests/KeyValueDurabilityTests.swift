import AssayModel
import Testing

@testable import Checkers

@Suite("Durability of keys")
struct KeyValueDurabilityTests {
  private func judge(_ text: String) throws -> CheckResult {
    try CheckersTests.judge(.durability, cell(.kv, checks: [.durability]), text)
  }

  @Test("Each key that holds its last acknowledged store is legal")
  func cleanHistory() throws {
    let result = try judge(
      """
      value 0=10
      value 1=2
      p0a0 store 0=9 @0-5 ok
      p0a1 store 0=10 @6-9 ok
      p0a1 load 0=10 @10-11 ok
      """)
    #expect(result.status == .valid)
    #expect(result.evidence == "2 acknowledged stores, 2 keys")
  }

  @Test("A key that went back to an overwritten value is a loss, with both writes as witness")
  func lostStore() throws {
    let result = try judge(
      """
      value 0=9
      value 1=2
      p0a0 store 0=9 @0-5 ok
      p0a1 store 0=10 @6-9 ok
      """)
    #expect(result.status == .violated)
    #expect(
      result.witness == [
        "key 0 holds nonce 9 of p0.0/a0, in effect by +0.005000 s; "
          + "the store of nonce 10 by p0.0/a1, invoked +0.006000 s, was acknowledged"
      ])
  }

  @Test("A key that holds what it held before the run has lost its store")
  func lostToTemplate() throws {
    let result = try judge("value 0=1\nvalue 1=2\np0a0 store 0=9 @0-5 ok")
    #expect(result.status == .violated)
    #expect(result.witness[0].hasPrefix("key 0 holds nonce 1, as before the run; the store"))
  }

  @Test("A key without a row is lost unless a delete may have been the last write")
  func absence() throws {
    #expect(try judge("value 1=2\np0a0 store 0=9 @0-5 ok").status == .violated)
    #expect(try judge("value 1=2\np0a0 store 1=9 @0-5 failed").status == .violated)
    let deleted = "value 1=2\np0a0 store 0=9 @0-5 ok\np0a0 delete 0 @6-7 ok"
    #expect(try judge(deleted).status == .valid)
    let mayBeDeleted = "value 1=2\np0a0 store 0=9 @0-5 ok\np0a0 delete 0 @6-"
    #expect(try judge(mayBeDeleted).status == .valid)
  }

  @Test("A deleted key that is back is a violation")
  func undeadKey() throws {
    let text = """
      value 0=9
      value 1=2
      p0a0 store 0=9 @0-5 ok
      p0a0 delete 0 @6-7 ok
      """
    #expect(try judge(text).status == .violated)
  }

  @Test("Of two stores that overlapped in time either may be the last")
  func overlappingStores() throws {
    for nonce in [9, 10] {
      let text = """
        value 0=\(nonce)
        value 1=2
        p0a0 store 0=9 @0-5 ok
        p0a1 store 0=10 @3-4 ok
        """
      #expect(try judge(text).status == .valid)
    }
    // A store that was invoked at the very tick of the other's answer overlaps it.
    let sameTick = "value 0=9\nvalue 1=2\np0a0 store 0=9 @0-5 ok\np0a1 store 0=10 @5-6 ok"
    #expect(try judge(sameTick).status == .valid)
  }

  @Test("A store cut short by a kill may be the last until its process ended, not later")
  func unknownStore() throws {
    let process = "process p1 0-100 killed\n"
    let before = "value 0=9\nvalue 1=2\np1a0 store 0=9 @40-\np0a0 store 0=10 @50-60 ok"
    #expect(try judge(process + before).status == .valid)
    let after = "value 0=9\nvalue 1=2\np1a0 store 0=9 @40-\np0a0 store 0=10 @101-110 ok"
    #expect(try judge(process + after).status == .violated)
    let gone = "value 0=10\nvalue 1=2\np1a0 store 0=9 @40-\np0a0 store 0=10 @50-60 ok"
    #expect(try judge(process + gone).status == .valid)
  }

  @Test("A value that nobody wrote, or whose write was refused, is a violation")
  func phantoms() throws {
    let nobody = try judge("value 0=77\nvalue 1=2\np0a0 store 1=2 @0-1 ok")
    #expect(nobody.witness == ["key 0 holds nonce 77, which no actor wrote"])
    #expect(nobody.story == ["key 0 holds a value that no actor wrote"])
    let refused = try judge("value 0=77\nvalue 1=2\np0a0 store 0=77 @0-1 failed code 5")
    #expect(refused.witness == ["key 0 holds nonce 77, whose write was reported as failed"])
    let beyond = try judge("value 0=1\nvalue 1=2\nvalue 9=3\np0a0 store 1=2 @0-1 ok")
    #expect(beyond.status == .violated)
    let twice = try judge("value 0=1\nvalue 0=1\nvalue 1=2\np0a0 store 1=2 @0-1 ok")
    #expect(twice.status == .violated)
  }

  @Test("A history without an acknowledged write shows nothing")
  func nothingAcknowledged() throws {
    let result = try judge("value 0=1\nvalue 1=2\np0a0 store 0=9 @0-5 failed code 5")
    #expect(result.status == .unknown)
    #expect(result.sawNothing)
  }

  @Test("A commit that was acknowledged before it was made, and then killed, is caught")
  func acknowledgedTooEarly() throws {
    let planned = cell(.kv, checks: [.durability]) {
      $0.faults = [FaultSpecification(kind: .kill, target: .random, trigger: .afterCommits(2))]
    }
    let result = try CheckersTests.judge(
      .durability, planned,
      """
      process p0 0-20 killed
      kill p0 @15
      value 0=9
      value 1=2
      p0a0 store 0=9 @0-5 ok
      p0a0 store 0=10 @6-7 ok
      p0a1 store 1=11 @14-
      """)
    #expect(result.status == .violated)
  }

  @Test("Only the first few lost keys are named, the rest are counted")
  func manyLosses() throws {
    let keys = 0..<20
    let text =
      keys.map { "value \($0)=\($0 + 1)" } + keys.map { "p0a0 store \($0)=\($0 + 100) @0-5 ok" }
    let result = try CheckersTests.judge(
      .durability, cell(.kv, keys: 20, checks: [.durability]), text.joined(separator: "\n"))
    #expect(result.witness.count == 6)
    #expect(result.witness.last == "and 15 more")
  }

  @Test("Without the final content nothing can be said")
  func contentMissing() throws {
    let history = HistoryText("p0a0 store 0=9 @0-5 ok")
    var events = ListedEvents(rest: history.events[...])
    var content: ListedContent?
    let suite = CheckSuite(record: record(cell(.kv, checks: [.durability]), history))
    let result = try suite.run(events: &events, content: &content).results[0]
    #expect(result.status == .unknown)
    #expect(!result.sawNothing)
  }

  @Test("A content stream that ends too early is an error, not a loss")
  func contentCutShort() throws {
    let history = HistoryText("value 0=9\nvalue 1=2\np0a0 store 0=9 @0-5 ok")
    var events = ListedEvents(rest: history.events[...])
    var content: ListedContent? = ListedContent(rest: history.content.dropLast())
    let suite = CheckSuite(record: record(cell(.kv, checks: [.durability]), history))
    #expect(throws: CheckError.self) {
      try suite.run(events: &events, content: &content)
    }
  }
}
