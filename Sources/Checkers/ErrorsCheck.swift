import AssayModel

/// `errors`: attempts that ended with an error, by operation and code.
///
/// Judged from the figures of a cell, all repetitions together. A transaction that rolls itself
/// back by design is not an error; nor is the death of a process during an attempt, since no
/// operation received an error.
struct ErrorsCheck {
  /// The attempts that a bound applies to.
  struct Target: Hashable {
    /// A kind of operation or the name of a transaction; `nil` for all.
    var operation: String?
    /// A code, including its extended codes; `nil` for all.
    var code: String?

    /// Creates the target of a requirement: words, and bounds without further keys, apply to all
    /// errors.
    init(_ requirement: ExpectationRule.Requirement) {
      guard case .bound(let bound) = requirement else { return }
      operation = bound.operation
      code = bound.code
    }

    /// Returns true if an error belongs to the target.
    func includes(_ error: ErrorResult, kind: String?) -> Bool {
      includes(operation: error.operation, kind: kind) && includes(code: error.code)
    }

    /// Returns true if an operation belongs to the target.
    func includes(operation name: String, kind: String?) -> Bool {
      operation.map { $0 == name || $0 == kind } ?? true
    }

    private func includes(code name: String) -> Bool {
      code.map { name == $0 || name.hasPrefix($0 + "_") } ?? true
    }

    /// Such as `SQLITE_BUSY of prune`.
    var text: String {
      let what = code ?? "errors"
      return operation.map { "\(what) of \($0)" } ?? what
    }
  }

  private static let witnessLimit = 5

  let attempts: [AttemptsResult]
  let errors: [ErrorResult]

  init(_ figures: CellResult) {
    attempts = figures.attempts ?? []
    errors = (figures.errors ?? []).filter(\.isAnswer)
  }

  /// Returns the rows of a target.
  func rows(of target: Target) -> [ErrorResult] {
    errors.filter { target.includes($0, kind: kind(of: $0.operation)) }
  }

  /// Attempts of a target's operations, however they ended.
  func attempts(of target: Target) -> UInt64 {
    attempts.filter { target.includes(operation: $0.operation, kind: $0.kind) }
      .reduce(0) { $0 + $1.attempts }
  }

  /// Valid if no attempt ended with an error.
  var result: CheckResult {
    let all = attempts.reduce(UInt64(0)) { $0 + $1.attempts }
    let count = errors.reduce(UInt64(0)) { $0 + $1.count }
    let evidence = "\(Words.grouped(count)) of \(Words.count(all, "attempt")) ended with an error"
    guard count == 0 else {
      return .violated(.errors, evidence: evidence, witness: witness(of: errors))
    }
    guard all > 0 else {
      return .unknown(
        .errors, evidence: evidence, reason: "nothing was attempted", sawNothing: true)
    }
    return .valid(.errors, evidence: evidence)
  }

  /// A line for each row, the most frequent first.
  func witness(of rows: [ErrorResult]) -> [String] {
    let lines = rows.map { row in
      let message = row.message.map { ": " + Words.line($0) } ?? ""
      return "\(row.operation): \(Words.grouped(row.count)) \(row.code)\(message)"
    }
    guard lines.count > Self.witnessLimit else { return lines }
    return lines.prefix(Self.witnessLimit - 1)
      + ["and \(lines.count - Self.witnessLimit + 1) more kinds of errors"]
  }

  private func kind(of operation: String) -> String? {
    attempts.first { $0.operation == operation }?.kind
  }
}
