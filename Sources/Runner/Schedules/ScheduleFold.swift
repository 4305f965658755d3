import AssayModel
import Reports

/// Adds up the blocks of an exploration of schedules in their order.
struct ScheduleFold {
  /// Blocks that were added or passed over.
  private(set) var blocks = 0
  var counts: [String: UInt64] = [:]
  /// The first violation of each check.
  private(set) var violations: [ScheduleViolation] = []
  /// What became of the attempts in all schedules.
  private(set) var attempts = ExploredAttempts()
  private var seen: Set<Digest> = []
  private var lostBlocks = 0
  /// Depends on the digest of every schedule, in their order.
  private var combined: UInt64 = 0

  private struct Digest: Hashable {
    var high: UInt64
    var low: UInt64
  }

  /// Mixes a word into the digest of all schedules (the finalizer of splitmix64 after each).
  private mutating func combine(_ word: UInt64) {
    var mixed = (combined ^ word) &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    combined = mixed ^ mixed >> 31
  }

  /// Distinct schedules so far.
  var distinct: Int { seen.count }

  /// Schedules so far.
  var schedules: Int { Int(count(ScheduledCounts.schedules)) }

  /// Passes over a block whose worker died.
  mutating func skip() {
    blocks += 1
    lostBlocks += 1
  }

  /// Adds the next block.
  mutating func add(_ report: ScheduleReport) {
    blocks += 1
    let before = count(ScheduledCounts.schedules)
    attempts.add(report.attempts)
    for (name, amount) in report.counts where name != ScheduledCounts.untilViolation {
      counts[name, default: 0] += amount
    }
    if let until = report.counts[ScheduledCounts.untilViolation],
      counts[ScheduledCounts.untilViolation] == nil
    {
      counts[ScheduledCounts.untilViolation] = before + until
    }
    for place in stride(from: 0, to: report.digests.count - 1, by: 2) {
      seen.insert(Digest(high: report.digests[place], low: report.digests[place + 1]))
      combine(report.digests[place])
      combine(report.digests[place + 1])
    }
    counts[ScheduledCounts.digest] = combined >> 11
    counts[ScheduledCounts.distinct] = UInt64(seen.count)
    for violation in report.violations
    where !violations.contains(where: { $0.found.check == violation.found.check }) {
      violations.append(violation)
    }
  }

  // MARK: Checks

  /// One result per check that the cell names.
  func checks(of cell: PlannedCell, _ explore: ExploreSettings) -> [CheckResult] {
    let asked = cell.expectations.map(\.check) + cell.furtherChecks
    return CheckName.allCases.filter { asked.contains($0) }.map { result($0, cell, explore) }
  }

  private func result(
    _ check: CheckName, _ cell: PlannedCell, _ explore: ExploreSettings
  ) -> CheckResult {
    let evidence = "\(schedules) schedules, \(distinct) of them distinct"
    if let violation = violations.first(where: { $0.found.check == check }) {
      return .violated(
        check, evidence: evidence,
        witness: ["\(violation.found.text) (schedule \(violation.index))"])
    }
    if lostBlocks > 0 {
      return .unknown(
        check, evidence: evidence, reason: "the workers of \(lostBlocks) blocks died")
    }
    guard distinct >= explore.minimum else {
      return .unknown(
        check, evidence: evidence,
        reason:
          "only \(distinct) distinct schedules were explored, \(explore.minimum) are asked for")
    }
    let unfinished = count(ScheduledCounts.unfinishedInvariants)
    if check == .invariants, unfinished > 0 {
      return .unknown(
        check, evidence: evidence,
        reason: "an invariant was not evaluated to its end in "
          + "\(Figures.count(Int(unfinished), "schedule"))")
    }
    if let missing = ScheduledFaultCounts.missing(for: check, of: cell, counts) {
      return .unknown(check, evidence: evidence, reason: missing, sawNothing: true)
    }
    return .valid(check, evidence: "none of \(evidence)")
  }

  private func count(_ name: String) -> UInt64 { counts[name] ?? 0 }
}
