import AssayModel
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
  /// What the workload's own checks say of all programs.
  private var live = LiveChecks()
  private var seen: Set<ImageHash> = []
  private var kinds: Set<ViolationKind> = []
  private var stuck: [String] = []
  private var lostBlocks = 0
  private var model = ModelFold()
  /// What became of the attempts of all programs.
  private(set) var attempts = ExploredAttempts()

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
      if flags.contains(.inconsistent) {
        counts[ExploredCounts.inconsistent, default: 0] += 1
        note(ExploredCounts.untilInconsistent)
      }
      if flags.contains(.breaking) { counts[ExploredCounts.breaking, default: 0] += 1 }
      if flags.contains(.lost) {
        counts[ExploredCounts.lost, default: 0] += 1
        note(ExploredCounts.untilLost)
      }
    }
    counts[ExploredCounts.distinct] = UInt64(seen.count)
    for violation in report.violations where kinds.insert(violation.kind).inserted {
      violations.append((report.program, violation))
    }
    counts[ExploredCounts.findings] = UInt64(violations.count)
    if report.mostLost > 0 {
      counts[ExploredCounts.mostLost] = max(
        UInt64(report.mostLost), counts[ExploredCounts.mostLost] ?? 0)
    }
    live.add(report)
    attempts.add(report.attempts)
    if let model = report.model { self.model.add(model, program: report.program) }
    if let reason = report.stuck { stuck.append("program \(report.program): \(reason)") }
  }

  /// Keeps the number of images so far, the first time.
  private mutating func note(_ name: String) {
    if counts[name] == nil { counts[name] = UInt64(seen.count) }
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
    let live = live.result(check)
    if let live, live.status == .violated { return live }
    switch check {
    case .integrity:
      return images(check, count(ExploredCounts.damaged), "that are damaged")
    case .consistency:
      return model.consistency(
        images(
          check, count(ExploredCounts.inconsistent), "whose content is not a state of the program"))
    case .invariants:
      return model.invariants(
        of: cell.load.sql ?? SQLLoad(), strange: count(ExploredCounts.inconsistent),
        violated: count(ExploredCounts.breaking), witnesses(check))
    case .durability:
      let consistent = count(ExploredCounts.distinct) - count(ExploredCounts.inconsistent)
      guard consistent > 0 else {
        return .unknown(check, reason: "no image was consistent", sawNothing: true)
      }
      let most = count(ExploredCounts.mostLost)
      let bound = most > 1 ? ", at most \(most) of them" : ""
      return images(
        check, count(ExploredCounts.lost), "that lost an acknowledged transaction\(bound)")
    case .progress:
      guard stuck.isEmpty else {
        return .violated(
          check, evidence: "\(stuck.count) of \(count(ExploredCounts.programs)) programs",
          witness: stuck)
      }
      return .valid(check, evidence: "\(count(ExploredCounts.programs)) programs came to their end")
    default:
      return live ?? .unknown(check, reason: "crash images cannot show it")
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
    let left = count(ExploredCounts.unexplored)
    return .unknown(
      result.check, evidence: result.evidence,
      reason: "only \(distinct) distinct images were explored, \(explore.minimum) are asked for"
        + (left > 0 ? "; the budget ended before \(left) crash points of a program" : ""))
  }
}

/// What the workload's own checks say of the programs without any crash: the first violation, or
/// the first doubt, or that all is well.
struct LiveChecks {
  private var worst: [CheckName: CheckResult] = [:]
  private var programs: [CheckName: Int] = [:]
  private var seen: Set<Int> = []

  /// Adds a block; the blocks of one program say the same.
  mutating func add(_ report: BlockReport) {
    guard seen.insert(report.program).inserted else { return }
    for result in report.checks {
      programs[result.check, default: 0] += 1
      let rank = Self.rank(result)
      if let known = worst[result.check], Self.rank(known) >= rank { continue }
      var result = result
      if rank > 0 { result.evidence = "program \(report.program): \(result.evidence)" }
      worst[result.check] = result
    }
  }

  /// What was found of a check; `nil` when no program says anything of it.
  func result(_ check: CheckName) -> CheckResult? {
    guard var result = worst[check] else { return nil }
    if result.status == .valid, let count = programs[check], count > 1 {
      result.evidence = "\(count) programs, the first with \(result.evidence)"
    }
    return result
  }

  private static func rank(_ result: CheckResult) -> Int {
    switch result.status {
    case .valid: 0
    case .unknown: result.sawNothing ? -1 : 1
    case .violated: 2
    }
  }
}
