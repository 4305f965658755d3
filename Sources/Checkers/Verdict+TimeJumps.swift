import AssayModel

extension Verdict {
  /// Returns the verdict, with a bound on time made unknown if time jumped in the cell or in one
  /// that the bound compares it with. A witness of broken safety remains a violation.
  func judgingTime(
    of cell: PlannedCell, _ requirement: ExpectationRule.Requirement?, _ figures: [CellResult]
  ) -> Verdict {
    guard check.isAboutSpeed, status != .unknown, witness.isEmpty else { return self }
    var isRelative = false
    if case .bound(let bound) = requirement { isRelative = !bound.relativeTo.isEmpty }
    let jumped = figures.filter { $0.timeJumps != nil }
    guard
      let source = jumped.first(where: { $0.id == cell.id }) ?? (isRelative ? jumped.first : nil)
    else { return self }
    var verdict = self
    verdict.status = .unknown
    verdict.met = expected == nil
    verdict.reason = "time jumped in \(source.id)"
    return verdict
  }
}
