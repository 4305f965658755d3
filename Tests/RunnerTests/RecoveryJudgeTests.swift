import AssayModel
import Checkers
import Testing
import Workloads

@testable import Runner

/// What an acknowledgement promises, and what a crash point allows.
///
/// Verdicts are one letter for each content after 0, 1, ... transactions: `.` allowed, `L` it has
/// lost something acknowledged, `I` nobody had begun it.
@Suite("The judge of crash images")
struct RecoveryJudgeTests {
  private static func verdicts(
    _ notation: String, kind: OperationKind = .transfer, isShared: Bool = true
  ) throws -> [String] {
    try RecoveryHistory(notation, kind: kind, isShared: isShared).verdicts()
  }

  @Test("Before a transaction only the old content is allowed, during it both, then only the new")
  func oneTransaction() throws {
    #expect(try Self.verdicts(". < . [ w . s ] > .") == [".I", ".I", "..", "L."])
  }

  @Test("What is acknowledged before its transaction ends is lost at every crash in between")
  func acknowledgedTooEarly() throws {
    #expect(try Self.verdicts("< [ . w > . s . ] .") == ["..", "L.", "L.", "L."])
    // Even before it has its lock: then nothing that may be there is good enough.
    #expect(try Self.verdicts("< > . [ w . s ] .") == ["LI", "L.", "L."])
    // Never written at all: no content will do.
    #expect(try Self.verdicts("< [ w ] > < > .") == ["LL"])
  }

  @Test("An early acknowledgement is not excused by what another actor commits meanwhile")
  func acknowledgedTooEarlyAmongOthers() throws {
    #expect(
      try Self.verdicts("1< 2< 1[ w 1] 1> 2[ . w 2> . s 2] .") == ["L..", "LL.", "LL."])
  }

  @Test("Under group commit another actor's transaction holds what is acknowledged")
  func groupCommit() throws {
    let notation = "1< 2< 1[ w s . 1] 2> 1> . 3< 3[ w 3] 3> ."
    #expect(try Self.verdicts(notation) == ["..I", "L.I", "LL."])
    // The second comes while the transaction is open, and joins it.
    #expect(try Self.verdicts("1< 1[ w 2< w . s 1] 2> 1> .") == ["..", "L."])
  }

  @Test("Without group commit nothing is promised of what another actor has committed")
  func others() throws {
    // The first only read while the second wrote; the second has not heard of its commit yet.
    let notation = "1< 2< 2[ 2w 2] 1> . s 2> ."
    #expect(try Self.verdicts(notation, kind: .sqlTransaction, isShared: false) == ["..", "L."])
    #expect(try Self.verdicts(notation, kind: .sqlTransaction) == ["L.", "L."])
    // It even took the lock for a moment, to read the index of the log anew.
    #expect(
      try Self.verdicts(
        "1< 2< 2[ 2w 2] 1[ 1] 1> . s 2> .", kind: .sqlTransaction, isShared: false)
        == ["...", "L.."])
    // What must write and was acknowledged without a transaction is not excused by another's.
    #expect(
      try Self.verdicts("1< 2< 2[ 2w 2] 2> 1> .", kind: .transfer, isShared: false) == ["LL"])
  }

  @Test("Transactions count in the order of their locks, not of their acknowledgements")
  func lockOrder() throws {
    #expect(try Self.verdicts("1< 2< 1[ w 1] . 2[ w 2] 2> 1> .") == ["..I", "LL."])
  }

  @Test("What failed, was never answered, or only reads, promises nothing")
  func noPromise() throws {
    #expect(try Self.verdicts("< [ w ] ! .") == [".."])
    #expect(try Self.verdicts("< [ w ] .") == [".."])
    #expect(try Self.verdicts("1< 1[ w 1] 0< > .", kind: .load) == [".."])
    // An operation that may find nothing to do needs no transaction.
    #expect(try Self.verdicts("< > .", kind: .release) == ["."])
  }

  @Test("A transaction that was rolled back takes nothing away from the next")
  func rolledBack() throws {
    #expect(try Self.verdicts("< [ w ] ! < [ . w ] > .") == ["...", "LL."])
  }

  @Test("Every state of a recovered image but a known content is a violation of consistency")
  func otherStates() throws {
    let judge = try RecoveryHistory("< [ w s ] > .").judge
    let states: [(ImageState, ImageFlags, [CheckName])] = [
      (.damaged, [.damaged, .inconsistent], [.integrity, .consistency]),
      (.unreadable(code: 11), [.damaged, .inconsistent], [.integrity, .consistency]),
      (.unstable, .inconsistent, [.consistency]),
      (.content(Digest128(high: 1, low: 1)), .inconsistent, [.consistency]),
    ]
    for (state, flags, checks) in states {
      let judgement = judge.judge(state, at: 4)
      #expect(judgement.flags == flags, "\(state)")
      #expect(judgement.violations.map(\.check) == checks, "\(state)")
    }
  }

  @Test("A content that comes twice counts as the newest that had begun")
  func repeatedContent() throws {
    let history = try RecoveryHistory("< [ w ] > . < [ w ] > .")
    let one = RecoveryHistory.state(1)
    let report = history.judge.trace.report
    // The second transaction changed nothing.
    let trace = ProgramTrace(
      disk: history.judge.trace.disk, events: history.events, order: history.order,
      states: [RecoveryHistory.state(0), one, one], checks: [], report: report)
    let judge = ImageJudge(trace: trace, judgesAtEnd: false)
    for mark in history.marks {
      #expect(judge.judge(.content(one), at: mark).flags.isEmpty)
      #expect(judge.judge(.content(RecoveryHistory.state(0)), at: mark).flags == .lost)
    }
  }
}
