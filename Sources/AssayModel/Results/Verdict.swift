/// What a check found, before it is compared with an expectation.
public struct CheckResult: Hashable, Codable, Sendable {
  /// The three answers.
  public enum Status: String, CaseIterable, Codable, Sendable {
    case valid, violated, unknown
  }

  /// The check.
  public var check: CheckName
  /// Its answer.
  public var status: Status
  /// What was looked at, with numbers, such as `812,331 acknowledged stores of 100,000 keys`.
  public var evidence: String
  /// The smallest facts that show a violation; one line each.
  public var witness: [String]
  /// The violation as people tell it: who did what, and when, without tokens and nonces; `nil`
  /// where the witness does.
  public var story: [String]?
  /// Why the answer is unknown.
  public var reason: String?
  /// The answer is unknown only because nothing happened that could be judged; more evidence from
  /// another repetition may settle it.
  public var sawNothing: Bool

  /// A check that passed.
  public static func valid(_ check: CheckName, evidence: String) -> CheckResult {
    CheckResult(
      check: check, status: .valid, evidence: evidence, witness: [], reason: nil, sawNothing: false)
  }

  /// A check that failed, with its witness.
  public static func violated(
    _ check: CheckName, evidence: String, witness: [String]
  ) -> CheckResult {
    CheckResult(
      check: check, status: .violated, evidence: evidence, witness: witness, reason: nil,
      sawNothing: false)
  }

  /// A check that could not tell.
  public static func unknown(
    _ check: CheckName, evidence: String = "", reason: String, sawNothing: Bool = false
  ) -> CheckResult {
    CheckResult(
      check: check, status: .unknown, evidence: evidence, witness: [], reason: reason,
      sawNothing: sawNothing)
  }
}

/// What a check found in a cell, and whether that is what the scenario expects.
public struct Verdict: Hashable, Codable, Sendable {
  /// The check.
  public var check: CheckName
  /// What it found.
  public var status: CheckResult.Status
  /// What was expected, as in the scenario; `nil` when the check is only reported.
  public var expected: String?
  /// Whether the expectation is met; unknown never is. `true` for what is only reported.
  public var met: Bool
  /// A bound's measured value as text with its unit, and the bound's value.
  public var measured: String?
  /// What was looked at.
  public var evidence: String
  /// The facts that show a violation.
  public var witness: [String]
  /// The same as people tell it, without tokens and nonces; absent where the witness does.
  public var story: [String]?
  /// Why the answer is unknown.
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
