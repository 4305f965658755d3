public import AssayModel

/// Compares counts of a scripted single schedule with a fixed seed: syncs, bytes, locks, steps.
///
/// Such counts are equal in every run, so a difference of one is a finding: no interval, no margin.
/// With several threads they are not exact; then the repetitions of one side differ, and the answer
/// is "not exact" instead of a verdict.
public enum ExactCounts {
  /// Counts for which more is not worse, such as cache hits (unlike misses).
  public static let neutral: Set<String> = ["sqlite.cache_hits"]

  /// Compares the counts of two sides.
  ///
  /// - Parameters:
  ///   - base: repetitions of the base, at least one; two show whether the counts are exact.
  ///   - head: repetitions of the head, at least one.
  ///   - names: names of the counts; `nil` takes all that either side has.
  ///   - neutral: counts for which more is not worse.
  /// - Returns: one entry per count, sorted by name.
  /// - Throws: `GateError`: code `results` if a side has no repetition or an operation that never
  ///   succeeded, `otherWorkload` if the sides did different numbers of operations.
  public static func compare(
    base: [BlockMeasurement], head: [BlockMeasurement], names: Set<String>? = nil,
    neutral: Set<String> = ExactCounts.neutral
  ) throws(GateError) -> [CountComparison] {
    guard let first = base.first, !head.isEmpty else {
      throw GateError(
        .results, of: "counts", found: "\(base.count) and \(head.count) repetitions",
        allowed: "at least one of each side")
    }
    for (name, blocks) in [("base", base), ("head", head)] {
      guard let (operation, attempts) = blocks.firstWithoutSuccess else { continue }
      throw GateError(
        .results, of: "counts",
        found: "'\(operation)' of the \(name) never succeeded, with "
          + (attempts.code ?? "an error"),
        allowed: "operations that do their work on both sides")
    }
    let operations = first.operations
    for block in base + head where block.operations != operations {
      throw GateError(
        .otherWorkload, of: "counts", found: "\(operations) and \(block.operations) operations",
        allowed: "the same number in every repetition of both sides")
    }
    let all = (base + head).reduce(into: Set<String>()) { $0.formUnion($1.counts.keys) }
    return (names ?? all).sorted().map { name in
      let (before, after) = (Side(name, base, "base"), Side(name, head, "head"))
      return comparison(name, before, after, operations, isNeutral: neutral.contains(name))
    }
  }

  /// Value of a count over the repetitions of one side.
  private struct Side {
    var value: UInt64?
    var obstacle: (outcome: CountComparison.Outcome, reason: String)?

    init(_ name: String, _ blocks: [BlockMeasurement], _ side: String) {
      let found = blocks.compactMap { $0.counts[name] }
      guard found.count == blocks.count, let first = found.first else {
        obstacle = (.missing, "the \(side) was not counted")
        return
      }
      if let other = found.first(where: { $0 != first }) {
        obstacle = (.notExact, "repetitions of the \(side) differ: \(first) and \(other)")
        return
      }
      value = first
    }
  }

  private static func comparison(
    _ name: String, _ base: Side, _ head: Side, _ operations: UInt64, isNeutral: Bool
  ) -> CountComparison {
    var comparison = CountComparison(
      name: name, base: base.value, head: head.value, operations: operations, outcome: .same,
      reason: "")
    if let obstacle = base.obstacle ?? head.obstacle {
      (comparison.outcome, comparison.reason) = obstacle
    } else if let before = base.value, let after = head.value {
      comparison.outcome = outcome(before, after, isNeutral: isNeutral)
      comparison.reason = reason(name, before, after, operations)
    }
    return comparison
  }

  private static func outcome(
    _ before: UInt64, _ after: UInt64, isNeutral: Bool
  ) -> CountComparison.Outcome {
    if before == after { return .same }
    if isNeutral { return .changed }
    return after > before ? .increased : .decreased
  }

  private static func reason(
    _ name: String, _ before: UInt64, _ after: UInt64, _ operations: UInt64
  ) -> String {
    let thousands = Double(max(operations, 1)) / 1_000
    let rates = [before, after].map { Percent.number(Double($0) / thousands) }
    if before == after {
      return "\(name) \(before) in \(operations) operations, \(rates[0]) per 1,000"
    }
    let difference = after > before ? "\(after - before) more" : "\(before - after) fewer"
    return "\(name) \(before) before, \(after) now, \(difference) in \(operations) operations: "
      + "\(rates[0]) and \(rates[1]) per 1,000"
  }
}

extension CountComparison.Outcome {
  /// Exit status of a count with this outcome.
  public var exitStatus: ExitStatus {
    switch self {
    case .increased: .tooSlow
    case .same, .decreased, .changed: .met
    case .notExact, .missing: .unknown
    }
  }
}
