import AssayModel
import Gate

/// A gate on the screen of a terminal: one card per metric, the exact counts that differ, and the
/// decision with its cause as the last line.
public enum GateReport {
  /// Returns the report, with a newline at the end; depends on the record and the style alone.
  public static func text(
    _ record: GateRecord, style: TerminalReport.Style = TerminalReport.Style()
  ) -> String {
    var lines: [String] = []
    for workload in record.workloads {
      lines += head(workload, record, style)
      let decision = record.decision.workloads.first { $0.name == workload.name }
      lines += rows(workload.name, record).filter { $0.subject == "correctness" }
        .map { paint("  violated  \($0.detail)", .violated, style) }
      for metric in decision?.comparison?.metrics ?? [] {
        lines += [""] + card(metric, workload, record, style)
      }
      lines += counts(decision?.counts ?? [], workload)
      lines += missing(workload.name, record) + [""]
    }
    let worst = rows(nil, record).first { !$0.status.isGood }?.status
    lines.append(paint(record.sentence, record.exitCode == 0 ? .passed : worst ?? .invalid, style))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func rows(_ workload: String?, _ record: GateRecord) -> [GateRow] {
    GateRow.all(record).filter { workload == nil || $0.workload == workload }
  }

  private static func head(
    _ workload: GateRecord.Workload, _ record: GateRecord, _ style: TerminalReport.Style
  ) -> [String] {
    let environment = workload.head.environment
    let isOther = environment.sqliteSourceID != workload.base.environment.sqliteSourceID
    func side(_ name: String, _ side: ComparisonRecord.Side) -> String {
      "\(name): \(side.label)" + (isOther ? ", SQLite \(side.environment.sqliteVersion)" : "")
    }
    let place = [
      "SQLite \(environment.sqliteVersion)", environment.fileSystem,
      Figures.count(environment.processors, "processor"), "seed \(record.seed)",
      Figures.span(record.elapsed.rawValue),
    ]
    return [
      Paint.bold("\(workload.name): \(workload.question)", style),
      side("base", workload.base), side("head", workload.head), place.joined(separator: ", "),
    ]
  }

  // MARK: Cards

  private static func card(
    _ decision: MetricDecision, _ workload: GateRecord.Workload, _ record: GateRecord,
    _ style: TerminalReport.Style
  ) -> [String] {
    let metric = decision.rule.metric
    let word = self.word(decision.outcome)
    let title = "  \(word)  \(metric)" + (change(decision).map { "  \($0)" } ?? "")
    var lines = [paint(title, status(decision.outcome), style)]
    if let values = values(metric, workload) { lines.append("    \(values)") }
    lines.append(
      "    margin \(percent(decision.rule.margin)), effect \(percent(decision.rule.effect)), "
        + "n = \(decision.pairs) \(record.isInterleaved ? "pairs" : "stored sessions")"
        + conditions(workload.part(of: metric)))
    lines.append("    \(machine(metric, workload))")
    lines.append("    \(decision.reason)")
    return lines
  }

  /// Returns head against base with its interval, such as `-5.20 % (-6.90 % to -3.40 %)`.
  static func change(_ decision: MetricDecision) -> String? { decision.change.map { "\($0)" } }

  private static func values(_ metric: Metric, _ workload: GateRecord.Workload) -> String? {
    guard let figure = workload.part(of: metric)?.figures.first(where: { $0.metric == metric }),
      figure.base != nil || figure.head != nil
    else { return nil }
    return "base \(value(figure.base, metric)), head \(value(figure.head, metric)) (medians)"
  }

  static func value(_ value: Double?, _ metric: Metric) -> String {
    guard let value else { return "-" }
    switch metric {
    case .throughput: return "\(Figures.rate(value))/s"
    case .percentile: return Figures.span(UInt64(value))
    case .counts: return Figures.count(UInt64(value))
    case .resource: return Figures.bytes(UInt64(value))
    }
  }

  private static func conditions(_ part: GateRecord.Part?) -> String {
    guard let part, part.baseBlocks + part.headBlocks > 0 else { return "" }
    let rate = part.targetRate.map { "at \(Figures.rate($0)) operations/s" } ?? "as the load says"
    let turns = part.turns.map { ", \($0.reason)" } ?? ""
    return " of \(Figures.span(part.blockLength.rawValue)), \(rate)\(turns)"
  }

  /// Returns the calibration's figures for a metric.
  private static func machine(_ metric: Metric, _ workload: GateRecord.Workload) -> String {
    guard let calibration = workload.calibration.first(where: { $0.rule.metric == metric }) else {
      return "this machine: not calibrated (assay calibrate \(workload.name))"
    }
    let least = calibration.smallestDetectable.map { "finds \(percent($0)) at best" }
    return "this machine: \(calibration.falseAlarms) false alarms in "
      + "\(Figures.count(calibration.gates)) gates (at most \(percent(calibration.falseAlarmBound))"
      + "), finds the effect in \(percent(calibration.power))"
      + (least.map { ", \($0)" } ?? "")
  }

  // MARK: Counts

  private static func counts(
    _ counts: [CountComparison], _ workload: GateRecord.Workload
  ) -> [String] {
    guard !counts.isEmpty else { return [] }
    let script = "one actor, \(Figures.count(workload.countedOperations)) operations"
    let different = counts.filter { $0.outcome != .same }
    if different.isEmpty {
      return ["", "  Exact counts (\(script)): all \(counts.count) are the same"]
    }
    let rows =
      [["count", "base", "head", ""]]
      + different.map { count in
        [
          count.name, count.base.map { Figures.count($0) } ?? "-",
          count.head.map { Figures.count($0) } ?? "-", word(count.outcome),
        ]
      }
    return ["", "  Exact counts (\(script)): \(different.count) of \(counts.count) differ"]
      + Columns.lines(rows, left: [0, 3]).map { "  \($0)" }
  }

  private static func word(_ outcome: CountComparison.Outcome) -> String {
    switch outcome {
    case .same: "same"
    case .increased: "more: regression"
    case .decreased: "fewer"
    case .changed: "changed, neither is worse"
    case .notExact: "not exact"
    case .missing: "not counted on both sides"
    }
  }

  private static func missing(_ workload: String, _ record: GateRecord) -> [String] {
    rows(workload, record).filter { $0.subject == "times" }.map { "  times: \($0.detail)" }
  }

  // MARK: Words

  static func percent(_ share: Double) -> String { Percent.text(share) }

  static func word(_ outcome: SequentialRule.Outcome) -> String {
    outcome == .environmentInvalid ? "environment invalid" : outcome.rawValue
  }

  private static func status(_ outcome: SequentialRule.Outcome) -> GateRow.Status {
    switch outcome {
    case .regression: .regressed
    case .improvement: .improved
    case .equivalent: .passed
    case .inconclusive: .inconclusive
    case .environmentInvalid: .invalid
    }
  }

  private static func paint(
    _ text: String, _ status: GateRow.Status, _ style: TerminalReport.Style
  ) -> String {
    switch status {
    case .passed, .improved: Paint.paint(text, "32", style)
    case .inconclusive, .notCompared: Paint.paint(text, "33", style)
    case .regressed, .violated, .invalid: Paint.paint(text, "31", style)
    }
  }
}

extension GateRow.Status {
  /// True for a status that does not block the change.
  var isGood: Bool { self == .passed || self == .improved || self == .notCompared }
}
