import AssayModel
import Gate

extension GateRow {
  /// A row with the time that it took.
  struct Case: Equatable {
    var row: GateRow
    var elapsed: Nanoseconds
  }

  /// Returns the cases that a scenario asks of a gate, whatever their outcome: correctness, exact
  /// counts, then each metric. They are the same in every run, so that a CI test case has a
  /// history.
  static func cases(_ workload: GateRecord.Workload, _ record: GateRecord) -> [Case] {
    guard let decision = record.decision.workloads.first(where: { $0.name == workload.name })
    else { return [] }
    let rows = all(record).filter { $0.workload == workload.name }
    return [
      Case(row: correctness(rows, workload.name), elapsed: .zero),
      Case(row: counts(decision, workload), elapsed: workload.counting),
    ]
      + workload.metrics.map { name in
        metric(name, decision, workload, rows)
      }
  }

  private static func correctness(_ rows: [GateRow], _ workload: String) -> GateRow {
    let broken = rows.filter { $0.status == .violated }
    return GateRow(
      workload: workload, subject: "correctness", status: broken.isEmpty ? .passed : .violated,
      detail: broken.isEmpty
        ? "no check was violated" : broken.map(\.detail).joined(separator: "\n"))
  }

  private static func counts(
    _ decision: GateDecision.Workload, _ workload: GateRecord.Workload
  ) -> GateRow {
    var row = GateRow(
      workload: workload.name, subject: "exact counts", status: .notCompared,
      detail: "nothing was counted")
    guard !decision.counts.isEmpty else { return row }
    let different = decision.counts.filter { $0.outcome != .same }
    let statuses = decision.counts.map { status($0.outcome) }
    row.status =
      [.regressed, .inconclusive, .improved].first { statuses.contains($0) } ?? .passed
    let same = decision.counts.count - different.count
    row.detail =
      ([
        "\(Figures.count(same)) of \(Figures.count(decision.counts.count)) counts of "
          + "\(Figures.count(workload.countedOperations, "operation")) are the same"
      ] + different.map { $0.reason.hasPrefix($0.name) ? $0.reason : "\($0.name): \($0.reason)" })
      .joined(separator: "\n")
    return row
  }

  /// Returns the decision about a metric, or the reason why there is none.
  private static func metric(
    _ name: String, _ decision: GateDecision.Workload, _ workload: GateRecord.Workload,
    _ rows: [GateRow]
  ) -> Case {
    let decided = rows.filter { $0.decision != nil }
    // A percentile without a kind is that of the main operation.
    let found =
      decided.first { $0.subject == name } ?? decided.first { $0.subject.hasPrefix("\(name)(") }
    guard var row = found else {
      let times = rows.first { $0.subject == "times" }
      let reason =
        times?.detail ?? "not measured: the comparison ended before it, as its last line says"
      let isBroken = rows.contains { $0.status == .violated }
      return Case(
        row: GateRow(
          workload: workload.name, subject: name,
          status: isBroken ? .notCompared : times?.status ?? .inconclusive,
          detail: isBroken ? "not measured: a check of correctness was violated" : reason),
        elapsed: .zero)
    }
    let part = found?.decision.flatMap { workload.part(of: $0.rule.metric) }
    row.subject = name
    // The metrics of a part share its blocks, so its time is divided among them.
    let share = part.map { $0.elapsed.rawValue / Int64(max(1, $0.figures.count)) } ?? 0
    return Case(row: row, elapsed: Nanoseconds(share))
  }
}
