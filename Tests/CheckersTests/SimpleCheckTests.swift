import AssayModel
import Testing

@testable import Checkers

@Suite("Integrity, busy, and which checks are run")
struct SimpleCheckTests {
  @Test("Integrity is what SQLite says, and nothing was said is unknown")
  func integrity() {
    #expect(IntegrityCheck.result(Observation(integrityRows: ["ok"])).status == .valid)
    #expect(IntegrityCheck.result(Observation()).status == .unknown)
    let damaged = IntegrityCheck.result(Observation(integrityRows: ["row 3 missing from index"]))
    #expect(damaged.witness == ["integrity_check: row 3 missing from index"])
    let dangling = IntegrityCheck.result(
      Observation(integrityRows: ["ok"], foreignKeyRows: ["transfers|7|accounts|0"]))
    #expect(dangling.witness == ["foreign_key_check: transfers|7|accounts|0"])
    let unreadable = IntegrityCheck.result(Observation(failure: "file is not a database"))
    #expect(unreadable.witness == ["the database can't be read: file is not a database"])
  }

  @Test("A BUSY that a retry made good is still a BUSY, and its kind is told")
  func busy() throws {
    let text = """
      p0a0 store 0=9 @0-5 failed code 517
      p0a0 store 0=9 @6-7 ok again
      p0a1 store 0=8 @0-5 failed code 5
      p0a1 store 0=8 @0-5 failed code 13
      """
    let result = try judge(.busy, cell(.kv, checks: [.busy]), text)
    #expect(result.status == .violated)
    #expect(
      result.evidence == "2 of 4 attempts ended with SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT 1")
    #expect(
      result.witness[0] == "SQLITE_BUSY_SNAPSHOT for a store of p0.0/a0, invoked +0.000000 s")
  }

  @Test("Without a BUSY the check passes where one was possible, and is unknown elsewhere")
  func busyPossible() throws {
    let text = "p0a0 store 0=9 @0-5 ok"
    #expect(try judge(.busy, cell(.kv, checks: [.busy]), text).status == .valid)
    #expect(try judge(.busy, cell(.kv, checks: [.busy]), "").sawNothing)
    let lonely = cell(.kv, checks: [.busy]) {
      $0.load.processes = 1
      $0.load.writers = 1
    }
    #expect(try judge(.busy, lonely, text).sawNothing)
    let oneConnection = cell(.kv, checks: [.busy]) {
      $0.load.processes = 1
      $0.storage.maxOpenConnections = 1
    }
    #expect(try judge(.busy, oneConnection, text).sawNothing)
  }

  @Test(
    "Only codes of the family have a name",
    arguments: [
      (5, "SQLITE_BUSY"), (261, "SQLITE_BUSY_RECOVERY"), (517, "SQLITE_BUSY_SNAPSHOT"),
      (773, "SQLITE_BUSY_TIMEOUT"), (6, nil), (0, nil), (-1, nil), (-251, nil),
    ] as [(Int32, String?)])
  func busyNames(code: Int32, name: String?) {
    #expect(BusyCode.name(of: code) == name)
  }

  @Test("Checks that nobody asked for are not run; one that does not fit says so")
  func selection() throws {
    let results = try findings(cell(.kv, checks: [.atomicity, .integrity]), "").results
    #expect(results.map(\.check) == [.integrity, .atomicity])
    #expect(results[1].reason == "the workload kv cannot show it")
    #expect(results[1].status == .unknown)
  }

  @Test("A violation in one repetition outweighs everything, a pass outweighs an empty one")
  func merging() {
    let pass = CheckResult.valid(.durability, evidence: "3 stores")
    let empty = CheckResult.unknown(.durability, reason: "nothing", sawNothing: true)
    let doubt = CheckResult.unknown(.durability, reason: "no content")
    let loss = CheckResult.violated(.durability, evidence: "4 stores", witness: ["key 1"])
    #expect(CheckResult.merged([pass]) == pass)
    #expect(CheckResult.merged([pass, empty]).status == .valid)
    #expect(CheckResult.merged([empty, empty]).sawNothing)
    #expect(CheckResult.merged([pass, doubt, empty]).reason == "no content")
    let violated = CheckResult.merged([doubt, pass, loss])
    #expect(violated.witness == ["key 1"])
    #expect(violated.evidence == "repetition 3 of 3: 4 stores")
    #expect(
      CheckResult.merged([pass, pass]).evidence == "repetition 1 of 2: 3 stores; valid in 2")
    let merged = CheckResult.merged(repetitions: [[pass], [loss, .valid(.busy, evidence: "")]])
    #expect(merged.map(\.check) == [.durability, .busy])
  }

  @Test(
    "Spans and numbers read well",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_500, "1.5 us"), (612_345_678, "612.346 ms"),
      (1_250_000_000, "1.25 s"), (-2_000_000, "-2 ms"),
    ] as [(Double, String)])
  func spans(nanoseconds: Double, text: String) {
    #expect(Words.span(nanoseconds) == text)
  }
}
