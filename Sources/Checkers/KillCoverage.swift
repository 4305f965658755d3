import AssayModel

/// Whether the kills of a cell hit anything: a process that dies idle proves nothing about
/// durability or atomicity.
struct KillCoverage {
  private let context: CellContext
  /// Whether kills come right after a commit: no time at which a write is more at risk.
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
    guard event.completed == nil, event.operation.kind.isWrite else { return }
    openWrites.insert(event.actor.packed >> 16)
  }

  /// Turns a pass into unknown when the cell plans kills and none hit a write or a holder.
  func qualify(_ result: CheckResult) -> CheckResult {
    guard result.status == .valid, result.check == .durability || result.check == .atomicity,
      context.cell.faults.contains(where: { $0.kind == .kill })
    else { return result }
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
      result.check, evidence: result.evidence,
      reason: kills.isEmpty ? "no process was killed" : "no kill hit a write", sawNothing: true)
  }
}
