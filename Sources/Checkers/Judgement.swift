public import AssayModel

/// Turns the results of checks and the expectations of the scenario into verdicts.
public enum Judgement {
  /// Judges one cell.
  ///
  /// The first rule of a check whose conditions fit applies; the plan has already dropped the rules
  /// for other cells, so only conditions on the library are evaluated here. A check without a rule
  /// that fits is reported and always counts as met. An unknown result is never met, unless the
  /// scenario only requests a report.
  ///
  /// - Parameters:
  ///   - cell: the cell as planned.
  ///   - checks: the results of its checks, repetitions merged.
  ///   - figures: the figures of all cells of the run, including this one; their verdicts are not
  ///     read.
  ///   - library: the version of SQLite that the workers used.
  /// - Returns: one verdict per check that the cell names: expectations in the order of the file,
  ///   then the further checks; last `errors`, also if not requested when an operation never
  ///   succeeded.
  public static func verdicts(
    of cell: PlannedCell, checks: [CheckResult], figures: [CellResult], library: LibraryVersion
  ) -> [Verdict] {
    var verdicts: [Verdict] = []
    for expectation in cell.expectations {
      let rule = expectation.rules.first { applies($0, library) }
      if expectation.check == .errors, rule != nil { continue }
      let found = checks.first { $0.check == expectation.check }
      var verdict = verdict(expectation.check, rule?.requirement, found) { bound in
        Measure(cell: cell, figures: figures, bound: bound, check: expectation.check)
      }
      verdict = verdict.judgingTime(of: cell, rule?.requirement, figures)
      if let reason = reason(for: rule, of: expectation, library) {
        verdict.evidence += verdict.evidence.isEmpty ? reason : "; \(reason)"
      }
      verdicts.append(verdict)
    }
    for check in cell.furtherChecks where !verdicts.contains(where: { $0.check == check }) {
      let found =
        check == .errors
        ? figures.first { $0.id == cell.id }.map { ErrorsCheck($0).result }
        : checks.first { $0.check == check }
      verdicts.append(
        verdict(check, nil, found) { bound in
          Measure(cell: cell, figures: figures, bound: bound, check: check)
        })
    }
    let errors = ErrorsJudgement(
      cell: cell, figures: figures,
      rules: cell.expectations.first { $0.check == .errors }?.rules
        .filter { applies($0, library) } ?? [])
    if let verdict = errors.qualified(errors.expected) {
      verdicts.removeAll { $0.check == .errors }
      verdicts.append(verdict)
    }
    return verdicts
  }

  /// Returns the words of a requirement as a scenario has them.
  public static func text(_ requirement: ExpectationRule.Requirement) -> String {
    switch requirement {
    case .valid: "valid"
    case .violated: "violated"
    case .mayViolate: "may_violate"
    case .bound(let bound): text(bound)
    }
  }

  private static func text(_ bound: Bound) -> String {
    var parts: [String] = []
    if let min = bound.min { parts.append("min: \(min.text)") }
    if let max = bound.max { parts.append("max: \(max.text)") }
    if let statistic = bound.statistic { parts.append("statistic: \(statistic.rawValue)") }
    if let operation = bound.operation { parts.append("operation: \(operation)") }
    if let code = bound.code { parts.append("code: \(code)") }
    if !bound.relativeTo.isEmpty {
      let paths = bound.relativeTo.map { "\($0.path): \($0.value)" }
      parts.append("relative_to: {\(paths.joined(separator: ", "))}")
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  private static func applies(_ rule: ExpectationRule, _ library: LibraryVersion) -> Bool {
    rule.conditions.allSatisfy { condition in
      switch condition {
      case .parameter: true
      case .library(let range): range.contains(library)
      }
    }
  }

  /// Returns the condition on the library that decided the expectation, in words; `nil` if none
  /// did.
  private static func reason(
    for rule: ExpectationRule?, of expectation: Expectation, _ library: LibraryVersion
  ) -> String? {
    if let range = rule?.libraries.first { return "SQLite \(library) is one of \(range)" }
    let passedOver = expectation.rules.prefix { $0 != rule }.flatMap(\.libraries)
    return passedOver.first.map { "SQLite \(library) is not one of \($0)" }
  }

  private static func verdict(
    _ check: CheckName, _ requirement: ExpectationRule.Requirement?, _ found: CheckResult?,
    measure: (Bound) -> Measure
  ) -> Verdict {
    let expected = requirement.map(text)
    if case .bound(let bound) = requirement {
      if let found, check == .recoveryTime, found.status != .valid {
        return plain(found, expected: expected, met: false)
      }
      return bounded(check, measure(bound), bound, expected: expected, found)
    }
    let result = found ?? .unknown(check, reason: missing(check))
    let isMet =
      switch requirement {
      case .valid: result.status == .valid
      case .violated: result.status == .violated
      case .mayViolate, .bound, nil: true
      }
    return plain(result, expected: expected, met: isMet)
  }

  private static func missing(_ check: CheckName) -> String {
    switch check {
    case .latency, .throughput, .counts, .wal, .disk: "only a bound can be judged"
    case .errors: "the cell has no figures"
    default: "the check was not run"
    }
  }

  private static func plain(_ result: CheckResult, expected: String?, met: Bool) -> Verdict {
    var verdict = Verdict(
      check: result.check, status: result.status, expected: expected, met: met,
      evidence: result.evidence, witness: result.witness, reason: result.reason)
    verdict.story = result.story
    return verdict
  }

  static func bounded(
    _ check: CheckName, _ measure: Measure, _ bound: Bound, expected: String?,
    _ found: CheckResult?
  ) -> Verdict {
    switch measure.outcome {
    case .unknown(let reason):
      return Verdict(
        check: check, status: .unknown, expected: expected, met: false,
        evidence: found?.evidence ?? "", reason: reason)
    case .measured(let value, let evidence, let isLowerBound):
      let lowest = bound.min?.value(measure.cell.value(of:))
      let highest = bound.max?.value(measure.cell.value(of:))
      if bound.min != nil && lowest == nil || bound.max != nil && highest == nil {
        return Verdict(
          check: check, status: .unknown, expected: expected, met: false, evidence: evidence,
          reason: "the bound names a setting that has no value in this cell")
      }
      let isMet = value >= lowest ?? -.infinity && value <= highest ?? .infinity
      var measured = (isLowerBound ? "at least " : "") + measure.text(value)
      if let lowest { measured += ", at least \(measure.text(lowest))" }
      if let highest { measured += ", at most \(measure.text(highest))" }
      // A value of at least 2 s exceeds 1 s; whether it exceeds 3 s is unknown.
      let isOpen = isLowerBound && value <= highest ?? .infinity && !(isMet && highest == nil)
      guard !isOpen else {
        return Verdict(
          check: check, status: .unknown, expected: expected, met: false, measured: measured,
          evidence: evidence, reason: "operations that had not ended decide the figure")
      }
      return Verdict(
        check: check, status: isMet ? .valid : .violated, expected: expected, met: isMet,
        measured: measured, evidence: evidence,
        witness: isMet || check.isAboutSpeed ? [] : found?.witness ?? [])
    }
  }
}

extension ExpectationRule {
  /// The versions that its conditions name.
  fileprivate var libraries: [VersionRange] {
    conditions.compactMap { condition in
      if case .library(let range) = condition { range } else { nil }
    }
  }
}
