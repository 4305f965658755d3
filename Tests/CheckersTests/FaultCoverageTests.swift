import AssayModel
import Testing

@testable import Checkers

@Suite("Whether the planned faults hit anything")
struct FaultCoverageTests {
  private static let handover = """
    p0a0 acquire 0 token 1 until 500 @0-5 ok
    p0a0 write 0 token 1 nonce 5 @6-7 ok
    p0a0 release 0 token 1 @8-9 ok
    p1a0 acquire 0 token 2 until 900 @1-20 ok
    write 1 lock 0 token 1 nonce 5
    counter 0=1
    """

  private func planned(
    _ kind: FaultSpecification.Kind, _ check: CheckName
  ) -> PlannedCell {
    cell(.locks, checks: [check]) {
      $0.faults = [FaultSpecification(kind: kind, target: .random, trigger: .at(.seconds(1)))]
    }
  }

  @Test(
    "A fault that was planned and never came leaves nothing to pass",
    arguments: [
      (.kill, "no process was killed"), (.pause, "no process was paused"),
      (.clock, "no clock was moved"), (.staleLock, "no stale lock was left"),
    ] as [(FaultSpecification.Kind, String)])
  func missingFault(kind: FaultSpecification.Kind, reason: String) throws {
    for check in [CheckName.durability, .mutualExclusion] {
      let result = try judge(check, planned(kind, check), Self.handover)
      #expect(result.status == .unknown, "\(check)")
      #expect(result.reason == reason)
      #expect(result.sawNothing)
    }
  }

  @Test("A fault that came lets a check pass, and one that never came hides no violation")
  func injectedFault() throws {
    let stale = "stale 1 @100\n" + Self.handover
    for check in [CheckName.durability, .mutualExclusion] {
      #expect(try judge(check, planned(.staleLock, check), stale).status == .valid)
    }
    let lost = Self.handover + "\np1a0 write 0 token 2 nonce 6 @21-22 ok"
    #expect(
      try judge(.durability, planned(.pause, .durability), lost).status == .violated)
  }

  @Test("A kill of a process that only waited for a lock hit no write")
  func waitingIsNoWrite() throws {
    let text = """
      process p1 0-60 killed
      kill p1 @50
      """
    let waiting = text + "\n" + Self.handover + "\np1a1 acquire 0 @10-"
    let result = try judge(.durability, planned(.kill, .durability), waiting)
    #expect(result.reason == "no kill hit a write")
    let writing = text + "\n" + Self.handover + "\np1a0 write 0 token 2 nonce 6 @21-"
    #expect(try judge(.durability, planned(.kill, .durability), writing).status == .valid)
  }

  // MARK: Tampering with files

  private func tampered(
    _ check: CheckName, _ records: [(target: String, missed: String?)], damage: String? = nil
  ) throws -> CheckResult {
    let cell = cell(.kv, checks: [check]) {
      $0.faults = [
        FaultSpecification(kind: .tamper, target: .named("swap"), trigger: .at(.seconds(1))),
        FaultSpecification(kind: .tamper, target: .named("copy"), trigger: .at(.seconds(2))),
      ]
    }
    let history = HistoryText("value 1=5\np0a0 store 1=5 @0-5 ok")
    var record = record(cell, history)
    record.faults = records.map { way in
      var fault = FaultRecord(
        kind: .tamper, process: nil, target: way.target, injected: HistoryText.time(1))
      fault.missed = way.missed
      return fault
    }
    var content: ListedContent? = ListedContent(rest: history.content[...])
    if let damage {
      record.observation = Observation(failure: damage)
      record.observation.isDamaged = damage.contains("CORRUPT")
      content = nil
    }
    var events = ListedEvents(rest: history.events[...])
    let found = try CheckSuite(record: record).run(events: &events, content: &content)
    return try #require(found.results.first { $0.check == check })
  }

  @Test("Tampering that hit nothing leaves nothing to pass, each way by itself")
  func missedTampering() throws {
    let hit = "swap: assay.db-journal"
    #expect(
      try tampered(.integrity, [(hit, nil), ("copy: assay.db", nil)]).status == .valid)
    let missed = try tampered(.integrity, [(hit, nil), ("copy: nothing", "no log was there")])
    #expect(missed.status == .unknown)
    #expect(missed.sawNothing)
    #expect(missed.reason == "tamper: copy hit nothing: no log was there")
    let never = try tampered(.integrity, [(hit, nil)])
    #expect(never.reason == "tamper: copy hit nothing: it never came")
  }

  @Test(
    "A database that SQLite calls damaged has lost what was acknowledged; an unread one may not")
  func damage() throws {
    let lost = try tampered(.durability, [], damage: "SQLITE_CORRUPT (11)")
    #expect(lost.status == .violated)
    #expect(lost.witness.first?.contains("SQLITE_CORRUPT (11)") == true)
    #expect(try tampered(.durability, [], damage: "SQLITE_BUSY (5)").status == .unknown)
    #expect(try tampered(.integrity, [], damage: "SQLITE_CORRUPT (11)").status == .violated)
  }
}
