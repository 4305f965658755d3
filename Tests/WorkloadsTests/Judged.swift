import AssayModel
import Checkers
import Testing

/// What the checks found in a trial, and what they found it in.
struct Judged {
  let findings: CheckSuite.Findings
  let content: [ContentRow]
  let events: [Event]
  let replay: Comment

  func result(_ check: CheckName) -> CheckResult {
    findings.results.first { $0.check == check } ?? .unknown(check, reason: "was not asked for")
  }

  func witness(_ check: CheckName) -> String {
    result(check).witness.joined(separator: "\n")
  }

  /// Fails, with evidence and seed, when a check found something else.
  func expect(
    _ check: CheckName, _ status: CheckResult.Status,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let result = result(check)
    #expect(
      result.status == status,
      """
      \(check): \(result.evidence) \(result.witness) \(result.reason ?? "")
      \(replay)
      """, sourceLocation: sourceLocation)
  }
}
