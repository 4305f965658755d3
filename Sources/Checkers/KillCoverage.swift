import AssayModel

/// Tracks whether the planned faults occurred, and whether the kills hit any work: killing an idle
/// process proves nothing about durability or atomicity.
struct KillCoverage {
  private let context: CellContext
  /// True if kills come right after a commit: no write is at greater risk at any other time.
  private let isAtCommit: Bool
  private var openWrites: Set<UInt64> = []

  init(context: CellContext) {
    self.context = context
    isAtCommit = context.cell.faults.contains { fault in
      guard fault.kind == .kill, case .afterCommits = fault.trigger else { return false }
      return true
    }
  }

  mutating func see(_ event: Event) {
    // Waiting for a lock is not a write: it has nothing to lose.
    guard event.completed == nil, event.operation.kind.isWrite, event.operation.kind != .acquire
    else { return }
    openWrites.insert(event.actor.packed >> 16)
  }

  /// Turns a pass into unknown when a planned kind of fault never came, or when the cell plans
  /// kills and none hit a write or a holder.
  func qualify(_ result: CheckResult) -> CheckResult {
    let checks: [CheckName] = [
      .integrity, .durability, .atomicity, .mutualExclusion, .invariants,
    ]
    guard result.status == .valid, checks.contains(result.check) else { return result }
    // Files are sound after any other fault that did not come as well: no claim of that one's.
    let missing = result.check == .integrity ? missingTamper : missingTamper ?? self.missing
    if let missing {
      return .unknown(
        result.check, evidence: result.evidence, reason: missing, sawNothing: true)
    }
    return [.integrity, .mutualExclusion].contains(result.check) ? result : qualifyByKills(result)
  }

  /// The planned kind of tampering that hit no file, in words.
  private var missingTamper: String? {
    for planned in context.cell.faults where planned.kind == .tamper {
      guard case .named(let way) = planned.target else { continue }
      let records = context.record.faults.filter {
        $0.kind == .tamper && $0.target.hasPrefix(way)
      }
      if records.contains(where: { $0.missed == nil }) { continue }
      let reason = records.lazy.compactMap(\.missed).first ?? "it never came"
      return "tamper: \(way) hit nothing: \(reason)"
    }
    return nil
  }

  /// The planned kind of fault that never came, in words.
  private var missing: String? {
    for planned in context.cell.faults
    where !context.record.faults.contains(where: { $0.kind == planned.kind }) {
      return switch planned.kind {
      case .kill: "no process was killed"
      case .pause: "no process was paused"
      case .clock: "no clock was moved"
      case .staleLock: "no stale lock was left"
      default: "the fault \(planned.kind.rawValue) never came"
      }
    }
    return nil
  }

  private func qualifyByKills(_ result: CheckResult) -> CheckResult {
    guard context.cell.faults.contains(where: { $0.kind == .kill }) else { return result }
    let kills = context.record.faults.filter { $0.kind == .kill }
    let killed = context.record.processes.filter(\.wasKilled)
    let hits = killed.count { process in
      openWrites.contains(
        ActorID(process: process.process, incarnation: process.incarnation, actor: 0).packed >> 16)
    }
    if hits > 0 || kills.contains(where: \.hitDuringWrite) || isAtCommit && !kills.isEmpty {
      var counted = result
      counted.evidence += ", \(Words.count(kills.count, "kill"))"
      if hits > 0 { counted.evidence += ", \(Words.grouped(hits)) inside a write" }
      return counted
    }
    return .unknown(
      result.check, evidence: result.evidence, reason: "no kill hit a write", sawNothing: true)
  }
}
