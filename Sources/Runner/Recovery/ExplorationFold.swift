import AssayModel
import Checkers
import FaultVFS
import Platform

/// Adds up the blocks of an exploration in their order; an image that several programs reach counts
/// once, for the first of them.
struct ExplorationFold {
  /// Blocks that were added or passed over.
  private(set) var blocks = 0
  var counts: [String: UInt64] = [:]
  /// The first violation of each kind, with its program.
  private(set) var violations: [(program: Int, violation: Violation)] = []
  /// What the workload's own checks say, merged over all programs.
  private(set) var liveChecks: [CheckResult] = []
  private var seen: Set<ImageHash> = []
  private var kinds: Set<ViolationKind> = []
  private var stuck: [String] = []
  private var lostBlocks = 0
  private var model = ModelFold()

  /// Distinct images so far.
  var distinct: Int { seen.count }

  /// Passes over a block whose worker died.
  mutating func skip() {
    blocks += 1
    lostBlocks += 1
  }

  /// Adds the next block.
  mutating func add(_ report: BlockReport, images: BufferedRecordReader) throws(PlatformError) {
    blocks += 1
    for (name, count) in report.counts { counts[name, default: 0] += count }
    while let words = try images.next() {
      guard seen.insert(ImageHash(low: words.w0, high: words.w1)).inserted else { continue }
      let flags = ImageFlags(rawValue: words.w2)
      if flags.contains(.damaged) { counts[ExploredCounts.damaged, default: 0] += 1 }
      if flags.contains(.inconsistent) { counts[ExploredCounts.inconsistent, default: 0] += 1 }
      if flags.contains(.breaking) { counts[ExploredCounts.breaking, default: 0] += 1 }
      if flags.contains(.lost) { counts[ExploredCounts.lost, default: 0] += 1 }
    }
    counts[ExploredCounts.distinct] = UInt64(seen.count)
    for violation in report.violations where kinds.insert(violation.kind).inserted {
      violations.append((report.program, violation))
    }
    counts[ExploredCounts.findings] = UInt64(violations.count)
    liveChecks = CheckResult.merged(
      repetitions: [liveChecks, report.checks].filter { !$0.isEmpty })
    if let model = report.model { self.model.add(model, program: report.program) }
    if let reason = report.stuck { stuck.append("program \(report.program): \(reason)") }
  }

  // MARK: Checks

  /// One result per check that the cell names and this world answers.
  func checks(of cell: PlannedCell, _ explore: ExploreSettings) -> [CheckResult] {
    let asked = cell.expectations.map(\.check) + cell.furtherChecks
    return CheckName.allCases.filter { asked.contains($0) }.map { check in
      qualify(result(check, cell), explore)
    }
  }

  private func count(_ name: String) -> UInt64 { counts[name] ?? 0 }

  private func result(_ check: CheckName, _ cell: PlannedCell) -> CheckResult {
    let live = liveChecks.first { $0.check == check }
    if let live, live.status == .violated { return live }
    switch check {
    case .integrity:
      return images(check, count(ExploredCounts.damaged), "that are damaged")
    case .consistency:
      return model.consistency(
        images(
          check, count(ExploredCounts.inconsistent), "whose content is no state of the program"))
    case .invariants:
      return model.invariants(
        of: cell.load.sql ?? SQLLoad(), strange: count(ExploredCounts.inconsistent),
        violated: count(ExploredCounts.breaking), witnesses(check))
    case .durability:
      let consistent = count(ExploredCounts.distinct) - count(ExploredCounts.inconsistent)
      guard consistent > 0 else {
        return .unknown(check, reason: "no image was consistent", sawNothing: true)
      }
      return images(check, count(ExploredCounts.lost), "that lost an acknowledged transaction")
    case .progress:
      guard stuck.isEmpty else {
        return .violated(
          check, evidence: "\(stuck.count) of \(count(ExploredCounts.programs)) programs",
          witness: stuck)
      }
      return .valid(check, evidence: "\(count(ExploredCounts.programs)) programs came to their end")
    default:
      return live ?? .unknown(check, reason: "crash images show nothing of it")
    }
  }

  private func images(_ check: CheckName, _ violated: UInt64, _ what: String) -> CheckResult {
    let all = count(ExploredCounts.distinct)
    guard violated > 0 else {
      return .valid(check, evidence: "none of \(all) distinct images \(what)")
    }
    return .violated(
      check, evidence: "\(violated) of \(all) distinct images \(what)",
      witness: witnesses(check))
  }

  private func witnesses(_ check: CheckName) -> [String] {
    let kinds = violations.map(\.violation).filter { $0.kind.check == check }
    return kinds.prefix(4).map { "\($0.found) (\($0.kind.text))" }
  }

  /// A clean exploration passes only if it covered the minimum; see the design.
  private func qualify(_ result: CheckResult, _ explore: ExploreSettings) -> CheckResult {
    guard result.status == .valid else { return result }
    if lostBlocks > 0 {
      return .unknown(
        result.check, evidence: result.evidence,
        reason: "the workers of \(lostBlocks) blocks died")
    }
    guard distinct < explore.minimum else { return result }
    return .unknown(
      result.check, evidence: result.evidence,
      reason: "only \(distinct) distinct images were explored, \(explore.minimum) are asked for")
  }
}
