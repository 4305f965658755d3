import AssayModel
import Testing

@testable import Checkers

@Suite("Judgement of cells in which time jumped")
struct TimeJumpJudgementTests {
  private func figures(_ id: String, jumped: Bool) -> CellResult {
    var result = CellResult(
      id: id, parameters: [:], verdicts: [], operations: [:], throughput: 100, measuredSeconds: 1,
      repetitions: 1, actors: [], series: [], counts: [:], faults: [], takeovers: [],
      incidents: [], memory: MemoryResult(peakResident: 0))
    if jumped {
      result.timeJumps = [
        TimeJumpResult(
          kind: .stopped, repetition: 0, at: 0, length: 2_000_000_000, completedMeanwhile: 0,
          lastedThrough: 1, longestThrough: 2_000_000_000)
      ]
    }
    return result
  }

  private func verdict(_ check: CheckName, witness: [String] = []) -> Verdict {
    Verdict(
      check: check, status: .violated, expected: "{max: 1ms}", met: false, measured: "2.00 s",
      evidence: "", witness: witness)
  }

  @Test("A bound on time is unknown where time jumped, and no other check is")
  func marked() {
    let planned = cell(.locks)
    let jumped = [figures(planned.id, jumped: true)]
    for check in [CheckName.latency, .throughput, .recoveryTime] {
      let judged = verdict(check).judgingTime(of: planned, nil, jumped)
      #expect(judged.status == .unknown)
      #expect(!judged.met)
      #expect(judged.reason?.contains("time jumped") == true)
    }
    #expect(verdict(.durability).judgingTime(of: planned, nil, jumped) == verdict(.durability))
    let clean = [figures(planned.id, jumped: false)]
    #expect(verdict(.latency).judgingTime(of: planned, nil, clean) == verdict(.latency))
  }

  @Test("A witness that safety was broken stays a violation")
  func witness() {
    let planned = cell(.locks)
    let broken = verdict(.recoveryTime, witness: ["a lease was taken before it had ended"])
    #expect(
      broken.judgingTime(of: planned, nil, [figures(planned.id, jumped: true)]).status == .violated)
  }

  @Test("A jump of time is the environment's fault: exit 5, but a violation of correctness is 2")
  func exitCodes() {
    let fine = Verdict(
      check: .durability, status: .valid, expected: "valid", met: true, evidence: "")
    #expect(ExitCode.of(verdicts: [fine], incidents: 0, timeJumped: true) == .environment)
    #expect(
      ExitCode.of(verdicts: [verdict(.durability)], incidents: 0, timeJumped: true) == .incorrect)
    #expect(ExitCode.of(verdicts: [fine], incidents: 0) == .met)
  }
}
