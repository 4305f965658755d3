import AssayModel
import Testing

@testable import Checkers

@Suite("Mutual exclusion")
struct LockTests {
  private static let clean = """
    write 1 lock 0 token 1 nonce 101
    write 2 lock 0 token 2 nonce 102
    counter 0=2
    p0a0 acquire 0 token 1 until 500 @0-5 ok
    p0a0 write 0 token 1 nonce 101 @6-7 ok
    p0a0 release 0 token 1 @8-9 ok
    p1a0 acquire 0 token 2 until 600 @1-10 ok
    p1a0 write 0 token 2 nonce 102 @11-12 ok
    p1a0 release 0 token 2 @13-14 ok
    """

  private func judge(_ text: String) throws -> CheckResult {
    try CheckersTests.judge(
      .mutualExclusion, cell(.locks, checks: [.mutualExclusion, .durability]), text)
  }

  @Test("A lock that is handed over with growing tokens is safe")
  func cleanHistory() throws {
    let result = try judge(Self.clean)
    #expect(result.status == .valid)
    #expect(
      result.evidence
        == "2 acquisitions of 1 lock by 2 actors, 1 handover, 2 accepted writes")
  }

  @Test("One token given twice is a violation")
  func repeatedToken() throws {
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p0a0 release 0 token 1 @6-7 ok
      p1a0 acquire 0 token 1 until 500 @30-40 ok
      """)
    #expect(result.status == .violated)
    #expect(result.witness[0].hasPrefix("lock 0: token 1 was given twice"))
  }

  @Test("A token that falls between calls that did not overlap is a violation")
  func fallingToken() throws {
    let later = """
      p0a0 acquire 0 token 5 until 20 @0-5 ok
      p0a0 release 0 token 5 @6-7 ok
      p1a0 acquire 0 token 4 until 500 @30-40 ok
      """
    #expect(try judge(later).witness.first?.hasPrefix("lock 0: a token fell") == true)
    let overlapping = """
      p0a0 acquire 0 token 5 until 60 @0-50 ok
      p0a0 release 0 token 5 @51-52 ok
      p1a0 acquire 0 token 4 until 500 @1-3 ok
      p1a0 release 0 token 4 @4-5 ok
      """
    #expect(try judge(overlapping).status == .valid)
  }

  @Test("A write accepted after one with a higher token is a violation")
  func staleWriteInCommitOrder() throws {
    let result = try judge(
      """
      write 1 lock 0 token 2 nonce 102
      write 2 lock 0 token 1 nonce 101
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p1a0 acquire 0 token 2 until 500 @0-30 ok
      """)
    #expect(
      result.witness == [
        "lock 0: the write of nonce 101 with token 1 was accepted after that of nonce 102 with "
          + "token 2"
      ])
  }

  @Test("A paused holder's write, accepted after the next acquisition returned, is a violation")
  func staleWriteAfterAcquisition() throws {
    let result = try judge(
      """
      write 1 lock 0 token 1 nonce 101
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p1a0 acquire 0 token 2 until 500 @0-30 ok
      p0a0 write 0 token 1 nonce 101 @40-41 ok
      """)
    #expect(result.status == .violated)
    #expect(result.witness[0].contains("was accepted though p1.0/a0 had token 2"))
  }

  @Test("A violation is told without tokens and nonces: who acquired, who woke and wrote, and when")
  func story() throws {
    let late = try judge(
      """
      write 1 lock 0 token 1 nonce 101
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p1a0 acquire 0 token 2 until 500 @0-30 ok
      p0a0 write 0 token 1 nonce 101 @40-41 ok
      """)
    #expect(
      late.story?.first == """
        lock 0: p0.0/a0 acquired it at +0.005000 s, its lease ended at +0.020000 s; p1.0/a0 \
        acquired it at +0.030000 s; p0.0/a0 wrote at +0.040000 s, and the write was accepted
        """)
    let twice = try judge(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p1a0 acquire 0 token 2 until 600 @10-100 ok
      """)
    #expect(
      twice.story == [
        "lock 0: p0.0/a0 held it from +0.005000 s to +0.500000 s, and p1.0/a0 from +0.100000 s to "
          + "+0.600000 s: both for 400 ms"
      ])
    for line in (late.story ?? []) + (twice.story ?? []) {
      #expect(!line.contains("token") && !line.contains("nonce"), "\(line)")
    }
  }

  @Test("A paused holder's write that was refused is safe")
  func fencedWrite() throws {
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p1a0 acquire 0 token 2 until 500 @0-30 ok
      p0a0 write 0 token 1 nonce 101 @40-41 failed code -4
      """)
    #expect(result.status == .valid)
  }

  @Test("Two owners that surely hold a lock at the same time are a violation")
  func heldTwice() throws {
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p1a0 acquire 0 token 2 until 600 @10-100 ok
      """)
    #expect(
      result.witness == [
        "lock 0 was held twice for 400 ms: p0.0/a0 with token 1 from +0.005000 s to +0.500000 s, "
          + "p1.0/a0 with token 2 from +0.100000 s to +0.600000 s"
      ])
  }

  @Test("A lock without owner check, freed by a stranger, is caught")
  func noOwnerCheck() throws {
    // A's lease ends, B takes over, A's release deletes B's row, and C enters while B is inside.
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 100 @0-5 ok
      p1a0 acquire 0 token 2 until 700 @0-110 ok
      p0a0 release 0 token 1 @200-201 ok
      p0a1 acquire 0 token 3 until 800 @0-202 ok
      p1a0 release 0 token 2 @300-301 ok
      """)
    #expect(result.status == .violated)
    #expect(result.witness[0].hasPrefix("lock 0 was held twice for 98 ms: p1.0/a0 with token 2"))
  }

  @Test("Renewals in time prolong what is surely held; a late one leaves a gap")
  func renewals() throws {
    let renewed = """
      p0a0 acquire 0 token 1 until 100 @0-5 ok
      p0a9 renew 0 token 1 until 200 @60-61 ok
      p0a9 renew 0 token 1 until 300 @160-161 ok
      p1a0 acquire 0 token 2 until 900 @0-250 ok
      """
    #expect(try judge(renewed).status == .violated)
    let late = """
      p0a0 acquire 0 token 1 until 100 @0-5 ok
      p0a9 renew 0 token 1 until 300 @140-150 ok
      p1a0 acquire 0 token 2 until 140 @0-110 ok
      """
    #expect(try judge(late).status == .violated)
    let gap = """
      p1a0 acquire 0 token 1 until 140 @0-110 ok
      p0a0 acquire 0 token 2 until 160 @0-145 ok
      p0a9 renew 0 token 2 until 300 @170-171 ok
      """
    #expect(try judge(gap).status == .valid)
  }

  @Test("A renewal accepted after the next acquisition returned is a violation")
  func staleRenewal() throws {
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 100 @0-5 ok
      p1a0 acquire 0 token 2 until 130 @0-110 ok
      p0a9 renew 0 token 1 until 300 @140-150 ok
      """)
    #expect(result.witness.contains { $0.contains("a renewal with token 1") })
  }

  @Test("What a process surely held ends at its kill, not at the end of its lease")
  func killedHolder() throws {
    let text = """
      process p0 0-60 killed owner A
      process p0.1 90-900 owner A
      kill p0 @50
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0.1a0 acquire 0 token 2 until 600 @95-100 ok
      """
    #expect(try judge(text).status == .valid)
  }

  @Test("An increment that was overwritten is caught by the counter")
  func lostIncrement() throws {
    let text = Self.clean.replacing("counter 0=2", with: "counter 0=1")
    #expect(
      try judge(text).witness == [
        "lock 0: its counter ends at 1 after 2 accepted writes: an increment was overwritten"
      ])
  }

  @Test("Locks that never met two actors show nothing")
  func noContention() throws {
    let result = try judge(
      """
      p0a0 acquire 0 token 1 until 500 @0-5 ok
      p0a0 release 0 token 1 @6-7 ok
      p0a0 acquire 0 token 2 until 500 @8-9 ok
      p1a0 acquire 1 token 1 until 500 @0-5 ok
      """)
    #expect(result.status == .unknown)
    #expect(result.sawNothing)
  }

  @Test("Tokens near the end of their low half still grow")
  func wrappedTokens() throws {
    let result = try judge(
      """
      write 1 lock 0 token 4294967295 nonce 101
      write 2 lock 0 token 4294967296 nonce 102
      p0a0 acquire 0 token 4294967295 until 20 @0-5 ok
      p1a0 acquire 0 token 4294967296 until 500 @0-30 ok
      """)
    #expect(result.status == .valid)
  }

  @Test("Rows that come out of commit order leave the answer open")
  func disorder() throws {
    let result = try judge(
      """
      write 2 lock 0 token 1 nonce 101
      write 1 lock 0 token 2 nonce 102
      p0a0 acquire 0 token 1 until 20 @0-5 ok
      p1a0 acquire 0 token 2 until 500 @0-30 ok
      """)
    #expect(result.status == .unknown)
  }

  @Test("An acknowledged protected write without a row is lost, a refused one must have none")
  func durability() throws {
    let planned = cell(.locks, checks: [.durability])
    #expect(try CheckersTests.judge(.durability, planned, Self.clean).status == .valid)
    let lost = Self.clean.replacing("write 2 lock 0 token 2 nonce 102\n", with: "")
    #expect(try CheckersTests.judge(.durability, planned, lost).status == .violated)
    let refused =
      Self.clean + "\nwrite 3 lock 0 token 1 nonce 103\n"
      + "p0a0 write 0 token 1 nonce 103 @20-21 failed code -4"
    #expect(try CheckersTests.judge(.durability, planned, refused).status == .violated)
    let phantom = Self.clean + "\nwrite 3 lock 0 token 2 nonce 104"
    #expect(try CheckersTests.judge(.durability, planned, phantom).status == .violated)
  }
}
