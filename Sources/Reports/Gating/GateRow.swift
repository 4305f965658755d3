import AssayModel
import Gate

/// One decision of a gate, in the form shared by all outputs.
struct GateRow: Equatable {
  /// Outcome of the decision.
  enum Status: String {
    case passed, improved, regressed, violated, inconclusive, invalid
    case notCompared = "not compared"
  }

  /// Name of the workload.
  var workload: String
  /// Subject of the decision, such as `throughput`, `p99(store)`, `vfs.sync.wal.calls`,
  /// `correctness`.
  var subject: String
  var status: Status
  /// Reason for the decision, with numbers.
  var detail: String
  /// The decision about a metric, if the row is about one.
  var decision: MetricDecision?

  /// The reason, followed by head against base unless the reason already includes it.
  var detailWithChange: String {
    guard let change = decision.flatMap({ GateReport.change($0) }), !detail.contains(change) else {
      return detail
    }
    return "\(detail); \(change)"
  }

  /// Returns all decisions, workload by workload: correctness, counts, times.
  static func all(_ record: GateRecord) -> [GateRow] {
    record.decision.workloads.flatMap { workload in
      correctness(workload) + counts(workload, record)
        + (workload.comparison?.metrics ?? []).map { row(workload.name, $0) }
        + times(workload, record.decision)
    }
  }

  private static func correctness(_ workload: GateDecision.Workload) -> [GateRow] {
    (workload.violations + (workload.comparison?.violations ?? [])).map {
      GateRow(workload: workload.name, subject: "correctness", status: .violated, detail: $0)
    }
  }

  /// Returns one row for all equal counts, and one for each other count.
  private static func counts(
    _ workload: GateDecision.Workload, _ record: GateRecord
  ) -> [GateRow] {
    let same = workload.counts.filter { $0.outcome == .same }
    let operations = record.workloads.first { $0.name == workload.name }?.countedOperations ?? 0
    let summary =
      same.isEmpty
      ? []
      : [
        GateRow(
          workload: workload.name, subject: "exact counts", status: .passed,
          detail:
            "\(Figures.count(same.count)) of \(Figures.count(workload.counts.count)) counts of "
            + "\(Figures.count(operations, "operation")) are the same")
      ]
    return summary
      + workload.counts.filter { $0.outcome != .same }.map { count in
        GateRow(
          workload: workload.name, subject: count.name, status: status(count.outcome),
          detail: count.reason)
      }
  }

  static func status(_ outcome: CountComparison.Outcome) -> Status {
    switch outcome {
    case .same, .changed: .passed
    case .increased: .regressed
    case .decreased: .improved
    case .notExact, .missing: .inconclusive
    }
  }

  private static func row(_ workload: String, _ decision: MetricDecision) -> GateRow {
    let status: Status =
      switch decision.outcome {
      case .regression: .regressed
      case .improvement: .improved
      case .equivalent: .passed
      case .inconclusive: .inconclusive
      case .environmentInvalid: .invalid
      }
    return GateRow(
      workload: workload, subject: "\(decision.rule.metric)", status: status,
      detail: decision.reason, decision: decision)
  }

  /// Returns a row with the reason why times were not compared, or none if they were.
  private static func times(
    _ workload: GateDecision.Workload, _ decision: GateDecision
  ) -> [GateRow] {
    guard workload.comparison == nil else { return [] }
    func row(_ status: Status, _ detail: String) -> [GateRow] {
      [GateRow(workload: workload.name, subject: "times", status: status, detail: detail)]
    }
    switch decision.timesMissing {
    case .notAsked: return row(.notCompared, "counts only were asked for")
    case .noBaseline(let reason): return row(.invalid, reason)
    case nil: return row(.inconclusive, "not compared")
    }
  }
}
