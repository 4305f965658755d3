/// Result of a check, before it is compared with an expectation.
public struct CheckResult: Hashable, Codable, Sendable {
  /// The three possible answers.
  public enum Status: String, CaseIterable, Codable, Sendable {
    case valid, violated, unknown
  }

  /// The check.
  public var check: CheckName
  /// Its answer.
  public var status: Status
  /// Evidence examined, with numbers, such as `812,331 acknowledged stores of 100,000 keys`.
  public var evidence: String
  /// Smallest set of facts that show a violation, one line each.
  public var witness: [String]
  /// Plain account of the violation: which actor did what, and when, without tokens and nonces;
  /// `nil` if the witness already says it.
  public var story: [String]?
  /// Reason for an unknown answer.
  public var reason: String?
  /// True if the answer is unknown only because nothing happened that could be judged; another
  /// repetition may supply the evidence that settles it.
  public var sawNothing: Bool

  /// Returns the result of a check that passed.
  public static func valid(_ check: CheckName, evidence: String) -> CheckResult {
    CheckResult(
      check: check, status: .valid, evidence: evidence, witness: [], reason: nil, sawNothing: false)
  }

  /// Returns the result of a check that failed, with its witness.
  public static func violated(
    _ check: CheckName, evidence: String, witness: [String]
  ) -> CheckResult {
    CheckResult(
      check: check, status: .violated, evidence: evidence, witness: witness, reason: nil,
      sawNothing: false)
  }

  /// Returns the result of an inconclusive check.
  public static func unknown(
    _ check: CheckName, evidence: String = "", reason: String, sawNothing: Bool = false
  ) -> CheckResult {
    CheckResult(
      check: check, status: .unknown, evidence: evidence, witness: [], reason: reason,
      sawNothing: sawNothing)
  }
}

/// Result of a check in a cell, compared with the scenario's expectation.
public struct Verdict: Hashable, Codable, Sendable {
  /// The check.
  public var check: CheckName
  /// Status that the check returned.
  public var status: CheckResult.Status
  /// Expectation as written in the scenario; `nil` if the check is only reported.
  public var expected: String?
  /// True if the expectation is met. An unknown status never meets one; a check that is only
  /// reported counts as met.
  public var met: Bool
  /// A bound's measured value as text with its unit, and the bound's value.
  public var measured: String?
  /// Evidence examined.
  public var evidence: String
  /// Facts that show a violation.
  public var witness: [String]
  /// Plain account of the violation, without tokens and nonces; absent if the witness already says
  /// it.
  public var story: [String]?
  /// Reason for an unknown answer.
  public var reason: String?

  /// Creates a verdict.
  public init(
    check: CheckName, status: CheckResult.Status, expected: String?, met: Bool,
    measured: String? = nil, evidence: String, witness: [String] = [], reason: String? = nil
  ) {
    self.check = check
    self.status = status
    self.expected = expected
    self.met = met
    self.measured = measured
    self.evidence = evidence
    self.witness = witness
    self.reason = reason
  }
}
