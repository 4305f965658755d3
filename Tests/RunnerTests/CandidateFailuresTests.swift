import AssayModel
import Gate
import Testing

@testable import Runner

@Suite("Candidates of a tuning that do not do their work")
struct CandidateFailuresTests {
  private func block(_ attempts: [String: BlockAttempts]?) -> BlockMeasurement {
    BlockMeasurement(operations: 9, duration: .seconds(1), attempts: attempts)
  }

  private let failing = BlockAttempts(
    acknowledged: 0, failed: 2, errors: 3, code: "SQLITE_BUSY", hasSucceeded: false)

  @Test("An operation that fails in every block is named from the second block on")
  func never() {
    var failures = CandidateFailures()
    let candidate = TuneCandidate(["storage.busy_timeout": "0s"])
    #expect(failures.add(block(["prune": failing]), of: candidate) == nil)
    let reason = failures.add(block(["prune": failing]), of: candidate)
    #expect(reason == "'prune' never succeeded: 6 attempts ended with SQLITE_BUSY")
    let other = TuneCandidate(["storage.busy_timeout": "1s"])
    #expect(failures.add(block(["prune": failing]), of: other) == nil, "each has its own blocks")
  }

  @Test("One success in any block, or no attempt at all, is no reason")
  func once() {
    var failures = CandidateFailures()
    let candidate = TuneCandidate([:])
    let works = BlockAttempts(acknowledged: 1, hasSucceeded: true)
    for attempts in [["prune": works], ["prune": failing], nil, ["prune": failing]] {
      #expect(failures.add(block(attempts), of: candidate) == nil)
    }
  }
}
