public import AssayModel

extension CheckResult {
  /// Merges the results of one check over the repetitions of a cell.
  ///
  /// One violation is enough; otherwise one unknown repetition makes the result unknown, except
  /// that a pass outweighs a repetition in which nothing happened.
  ///
  /// - Precondition: at least one result, all of the same check.
  public static func merged(_ repetitions: [CheckResult]) -> CheckResult {
    precondition(!repetitions.isEmpty, "no repetition to merge")
    let check = repetitions[0].check
    precondition(repetitions.allSatisfy { $0.check == check }, "results of several checks")
    if repetitions.count == 1 { return repetitions[0] }
    let deciding =
      repetitions.firstIndex { $0.status == .violated }
      ?? repetitions.firstIndex { $0.status == .unknown && !$0.sawNothing }
      ?? repetitions.firstIndex { $0.status == .valid } ?? 0
    var merged = repetitions[deciding]
    let same = repetitions.count { $0.status == merged.status }
    merged.evidence =
      "repetition \(deciding + 1) of \(repetitions.count): \(merged.evidence)"
    if same > 1 {
      merged.evidence += "; \(merged.status.rawValue) in \(same)"
    }
    return merged
  }

  /// Merges the results of all repetitions of a cell, check by check.
  ///
  /// - Returns: one result per check that occurs, in the order of first occurrence.
  public static func merged(repetitions: [[CheckResult]]) -> [CheckResult] {
    var order: [CheckName] = []
    for result in repetitions.joined() where !order.contains(result.check) {
      order.append(result.check)
    }
    return order.map { check in
      merged(repetitions.joined().filter { $0.check == check })
    }
  }
}
