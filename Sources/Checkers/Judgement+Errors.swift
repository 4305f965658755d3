import AssayModel

/// Judges the errors of a cell against its expectation, and whether each operation ever succeeded.
///
/// Entries of a list for different operations or codes all apply; of several entries for the same
/// ones, the first that fits applies.
struct ErrorsJudgement {
  let cell: PlannedCell
  let figures: [CellResult]
  /// Rules that fit the library.
  let rules: [ExpectationRule]

  private var own: CellResult? { figures.first { $0.id == cell.id } }

  /// The verdict on the cell's expectation; `nil` when it has none.
  var expected: Verdict? {
    var targets: Set<ErrorsCheck.Target> = []
    let judged = rules.filter { targets.insert(ErrorsCheck.Target($0.requirement)).inserted }
    guard !judged.isEmpty else { return nil }
    return Self.joined(judged.map { verdict(on: $0.requirement) })
  }

  /// Returns the verdict, qualified by operations that never succeeded: an operation that was tried
  /// and never succeeded makes the result of the cell unknown, unless the scenario expects those
  /// errors.
  ///
  /// - Parameter verdict: the verdict on the expectation, if there is one.
  func qualified(_ verdict: Verdict?) -> Verdict? {
    let reasons = reasons
    guard !reasons.isEmpty else { return verdict }
    let reason = reasons.joined(separator: "; ")
    guard var verdict else {
      return Verdict(
        check: .errors, status: .unknown, expected: "every operation succeeds at least once",
        met: false, evidence: "", reason: reason)
    }
    guard verdict.met else {
      verdict.reason = [verdict.reason, reason].compactMap { $0 }.joined(separator: "; ")
      return verdict
    }
    verdict.status = .unknown
    verdict.met = false
    verdict.reason = reason
    return verdict
  }

  /// Operations named in a reason.
  private static let nameLimit = 3

  private var reasons: [String] {
    guard let own else { return [] }
    let errors = ErrorsCheck(own)
    let failing = own.neverSucceeded.filter { !isExpected($0, errors) }
    var reasons = [own.endedEarly].compactMap { $0 }
    reasons += failing.prefix(Self.nameLimit).map { tried in
      let rows = errors.errors.filter { $0.operation == tried.operation }
      let cause = rows.max { $0.count < $1.count }
      let message = cause?.message.map { ": " + Words.line($0) } ?? ""
      return "\(tried.operation) never succeeded in \(Words.count(tried.attempts, "attempt")), "
        + "\(cause?.code ?? "no answer")\(message)"
    }
    if failing.count > Self.nameLimit {
      reasons.append("and \(failing.count - Self.nameLimit) more operations never succeeded")
    }
    return reasons
  }

  /// Returns true if rules cover all errors of an operation: by a word, by name, or as a share of
  /// all attempts.
  private func isExpected(_ tried: AttemptsResult, _ errors: ErrorsCheck) -> Bool {
    let rows = errors.errors.filter { $0.operation == tried.operation }
    return rows.allSatisfy { row in
      rules.contains { rule in
        guard ErrorsCheck.Target(rule.requirement).includes(row, kind: tried.kind) else {
          return false
        }
        switch rule.requirement {
        case .valid: return false
        case .violated, .mayViolate: return true
        case .bound(let bound):
          let isNamed = bound.operation != nil || bound.code != nil
          return isNamed || bound.max?.isShare == true || bound.min != nil
        }
      }
    }
  }

  // MARK: Verdicts

  private func verdict(on requirement: ExpectationRule.Requirement) -> Verdict {
    let expected = Judgement.text(requirement)
    guard let own else {
      return Verdict(
        check: .errors, status: .unknown, expected: expected, met: false, evidence: "",
        reason: "the cell has no figures")
    }
    let errors = ErrorsCheck(own)
    let result = errors.result
    switch requirement {
    case .valid, .violated, .mayViolate:
      let wanted: CheckResult.Status? =
        requirement == .valid ? .valid : requirement == .violated ? .violated : nil
      return Verdict(
        check: .errors, status: result.status, expected: expected,
        met: wanted.map { $0 == result.status } ?? true, evidence: result.evidence,
        witness: result.witness, reason: result.reason)
    case .bound(let bound):
      let measure = Measure(cell: cell, figures: figures, bound: bound, check: .errors)
      var verdict = Judgement.bounded(.errors, measure, bound, expected: expected, nil)
      if verdict.status == .violated {
        verdict.witness = errors.witness(of: errors.rows(of: ErrorsCheck.Target(requirement)))
      }
      return verdict
    }
  }

  /// One verdict of several: violated if one is, otherwise unknown if one is.
  private static func joined(_ verdicts: [Verdict]) -> Verdict {
    guard verdicts.count > 1 else { return verdicts[0] }
    func texts(_ values: [String?]) -> String? {
      let values = values.compactMap { $0 }.filter { !$0.isEmpty }
      return values.isEmpty ? nil : values.joined(separator: "; ")
    }
    let unmet = verdicts.filter { !$0.met }
    let deciding = unmet.first { $0.status != .unknown } ?? unmet.first ?? verdicts[0]
    return Verdict(
      check: .errors, status: deciding.status, expected: texts(verdicts.map(\.expected)),
      met: unmet.isEmpty, measured: texts(verdicts.map(\.measured)),
      evidence: texts(verdicts.map(\.evidence)) ?? "", witness: verdicts.flatMap(\.witness),
      reason: texts(verdicts.map(\.reason)))
  }
}
