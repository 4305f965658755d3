import AssayModel
import Testing

@testable import Checkers

/// Two processes with two writers each, two rows for each writer; the content plays no part.
@Suite("Isolation of mixed transactions")
struct MixedIsolationTests {
  private func judge(_ history: String) throws -> CheckResult {
    try CheckersTests.judge(.isolation, cell(.mixed, checks: [.isolation]), history)
  }

  /// Two increments, of which the second one overlaps with reads of another actor.
  private static let history = """
    p0a0 own 1 #1 @0-1 ok
    p0a0 increment #2 @2-3 ok
    p1a0 increment #1 @4-9 ok
    p0a1 see p0a0 1 p0a0#1 counter 1 sum 1 @5-6 ok
    p1a1 see p0a0 1 p0a0#1 counter 2 sum 2 @7-8 ok
    p0a1 see p0a0 0 0 counter 2 sum 2 @10-11 ok
    """

  @Test("Reads of one state that agree with what was before them are legal")
  func clean() throws {
    let result = try judge(Self.history)
    #expect(result.status == .valid, "\(result.witness)")
    #expect(result.evidence == "3 reads and 2 increments")
  }

  /// One more read, and the words that the check must find.
  @Test(
    "A read that is of no state, or of one that was over or not begun, is named",
    arguments: [
      ("p1a1 see p0a0 1 p0a0#1 counter 2 sum 1 @12-13", "that add up to 1: no state was like"),
      ("p1a1 see p0a0 1 p0a0#1 counter 1 sum 1 @12-13", "1, though 2 increments had been ack"),
      // The second increment was not acknowledged yet, but somebody else had seen it.
      ("p0a1 see p0a0 1 p0a0#1 counter 1 sum 1 @9-10", "1, though 2 had been read already"),
      ("p0a1 see p0a0 1 p0a0#1 counter 0 sum 0 @5-6", "0, though 1 increment had been ack"),
      ("p1a1 see p0a0 1 p0a0#1 counter 2 sum 2 @2-3", "2, though only 1 increment had begun"),
      ("p1a1 see p0a0 1 p0a0#1 counter 3 sum 3 @12-13", "3, though only 2 increments had begun"),
      ("p1a1 see p0a0 1 0 counter 2 sum 2 @12-13", "no write in row 0.1, though write p0.0/a0#1"),
      ("p1a1 see p0a0 1 p0a0#7 counter 2 sum 2 @12-13", "#7 in row 0.1, which no actor had begun"),
      ("p1a1 see p0a0 0 p0a0#1 counter 2 sum 2 @12-13", "#1 in row 0.0, which no actor had begun"),
    ])
  func planted(read: String, words: String) throws {
    let result = try judge(Self.history + "\n\(read) ok")
    #expect(result.status == .violated)
    #expect(result.witness.contains { $0.contains(words) }, "\(result.witness)")
    // The same read without an answer says nothing.
    #expect(try judge(Self.history + "\n\(read) failed code 5").status == .valid)
  }

  @Test("What overlaps with a read may be in it or not")
  func overlapping() throws {
    for counter in 0...1 {
      let history = """
        p0a0 increment #1 @2-6 ok
        p0a0 own 0 #2 @7-20 ok
        p1a1 see p0a0 0 \(counter == 0 ? "0" : "p0a0#2") counter \(counter) sum \(counter) @5-8 ok
        """
      #expect(try judge(history).status == .valid)
    }
  }

  @Test("A write of unknown outcome may show, a refused one may not")
  func unknownAndRefused() throws {
    func history(_ end: String) -> String {
      """
      p0a0 increment #1 @0-1 \(end)
      p0a0 own 0 #2 @2-3 \(end)
      p1a1 see p0a0 0 p0a0#2 counter 1 sum 1 @4-5 ok
      """
    }
    #expect(try judge(history("unknown")).status == .valid)
    let result = try judge(history("failed code 5"))
    #expect(result.witness.count == 2, "\(result.witness)")
  }

  @Test("Every row of a transaction with several writes is looked at")
  func several() throws {
    let history = "p0a0 several #1 0,1 @0-1 ok\np1a1 see p0a0"
    for slot in 0...1 {
      #expect(try judge("\(history) \(slot) p0a0#1 counter 0 sum 0 @2-3 ok").status == .valid)
      #expect(try judge("\(history) \(slot) 0 counter 0 sum 0 @2-3 ok").status == .violated)
    }
  }

  @Test("Where nothing was read nothing is shown")
  func nothing() throws {
    let result = try judge("p0a0 increment #1 @0-1 ok")
    #expect(result.status == .unknown && result.sawNothing)
  }
}
