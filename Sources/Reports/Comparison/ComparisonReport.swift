import AssayModel
import Gate

/// A comparison on the first screen of a terminal: one row per metric, the exact counts that
/// differ, and the decision as the last line.
public enum ComparisonReport {
  /// Returns the report, with a newline at the end; depends on the record and the style alone.
  public static func text(
    _ record: ComparisonRecord, style: TerminalReport.Style = TerminalReport.Style()
  ) -> String {
    var lines = [Paint.bold("\(record.scenario): \(record.question)", style)]
    lines += [side("A", record.base, record.head), side("B", record.head, record.base)]
    lines += [place(record)]
    lines += metricTable(record, style)
    lines += counts(record, style)
    lines += notes(record)
    lines += ["", Paint.paint(sentence(record), colour(record), style)]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns the decision about each metric in one sentence.
  public static func sentence(_ record: ComparisonRecord) -> String {
    if record.wasInterrupted {
      return "Interrupted after \(Figures.count(record.result.pairs, "pair")): undecided."
    }
    if let violation = record.result.violations.first {
      return "Not compared: a check of correctness was violated (\(violation))."
    }
    let times = record.result.metrics.map { decision in
      "\(decision.rule.metric): \(word(decision.outcome))\(change(decision))"
    }
    let counts = record.counts.filter { record.decidingCounts.contains($0.name) }
    return (times + countWords(counts)).joined(separator: "; ") + "."
  }

  /// Returns text for the deciding counts.
  private static func countWords(_ counts: [CountComparison]) -> [String] {
    guard !counts.isEmpty else { return [] }
    let more = counts.filter { $0.outcome == .increased }
    if !more.isEmpty {
      return more.map { "counts(\($0.name)): regression (\(figures($0)))" }
    }
    let unknown = counts.filter { [.notExact, .missing].contains($0.outcome) }
    if let first = unknown.first { return ["counts: undecided, \(first.reason)"] }
    let others = counts.filter { $0.outcome != .same }
    return others.isEmpty
      ? ["counts: the same"]
      : others.map { count in
        let word = count.outcome == .decreased ? "improvement" : "changed"
        return "counts(\(count.name)): \(word) (\(figures(count)))"
      }
  }

  private static func figures(_ count: CountComparison) -> String {
    "\(count.base.map { Figures.count($0) } ?? "-") to "
      + (count.head.map { Figures.count($0) } ?? "-")
  }

  private static func side(
    _ letter: String, _ side: ComparisonRecord.Side, _ other: ComparisonRecord.Side
  ) -> String {
    let library = side.environment.sqliteVersion
    let isOther = side.environment.sqliteSourceID != other.environment.sqliteSourceID
    return "\(letter): \(side.label)" + (isOther ? ", SQLite \(library)" : "")
  }

  private static func place(_ record: ComparisonRecord) -> String {
    let environment = record.base.environment
    return [
      "SQLite \(environment.sqliteVersion)", environment.fileSystem,
      Figures.count(environment.processors, "processor"), "seed \(record.seed)",
      Figures.span(record.elapsed.rawValue),
      record.targetRate.map { "\(Figures.rate($0)) operations/s asked for" } ?? "",
      record.pairs.isEmpty
        ? ""
        : "blocks of \(Figures.span(record.blockLength.rawValue)) "
          + "(+ \(Figures.span(record.blockOverhead.rawValue)))",
      record.turns?.reason ?? "",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  // MARK: Metrics

  private static func metricTable(
    _ record: ComparisonRecord, _ style: TerminalReport.Style
  ) -> [String] {
    let decisions = record.result.metrics
    guard !decisions.isEmpty else { return [] }
    var rows = [["metric", "A", "B", "B against A", "interval", "pairs", "verdict"]]
    for decision in decisions {
      rows.append([
        "\(decision.rule.metric)", value(decision, record.pairs.map(\.base)),
        value(decision, record.pairs.map(\.head)),
        decision.change?.estimate ?? "-", decision.change?.bounds ?? "-", "\(decision.pairs)",
        word(decision.outcome),
      ])
    }
    return [""] + Columns.lines(rows, left: [0, 6])
  }

  /// Returns the median over the blocks of a side.
  private static func value(_ decision: MetricDecision, _ blocks: [BlockMeasurement]) -> String {
    let metric = decision.rule.metric
    if case .percentile = metric, isOverloaded(blocks) { return "overloaded" }
    let values = blocks.compactMap { block -> Double? in
      guard case .value(let value) = metric.reading(in: block) else { return nil }
      return value
    }.sorted()
    guard !values.isEmpty else { return "-" }
    let median = values[values.count / 2]
    switch metric {
    case .throughput: return "\(Figures.rate(median))/s"
    case .percentile: return Figures.span(UInt64(median))
    case .counts: return Figures.count(UInt64(median))
    case .resource: return Figures.bytes(UInt64(median))
    }
  }

  /// Returns true if most blocks fell behind their rate: their percentiles are those of the
  /// backlog.
  private static func isOverloaded(_ blocks: [BlockMeasurement]) -> Bool {
    blocks.count(where: \.isOverloaded) * 2 > blocks.count
  }

  private static func word(_ outcome: SequentialRule.Outcome) -> String {
    outcome == .environmentInvalid ? "environment invalid" : outcome.rawValue
  }

  private static func change(_ decision: MetricDecision) -> String {
    decision.change.map { " (\($0.estimate))" } ?? ""
  }

  // MARK: The rest

  private static func counts(
    _ record: ComparisonRecord, _ style: TerminalReport.Style
  ) -> [String] {
    guard record.countedOperations > 0 else { return [] }
    let script = "one actor, \(Figures.count(record.countedOperations)) operations"
    if let only = record.counts.first, only.name == CountComparison.incomparableName {
      return ["", "Exact counts (\(script)): not compared, \(only.reason)"]
    }
    let different = record.counts.filter { $0.outcome != .same }
    if different.isEmpty {
      return ["", "Exact counts (\(script)): all \(record.counts.count) are the same."]
    }
    let rows =
      [["count", "A", "B", ""]]
      + different.map { count in
        [
          count.name, count.base.map { Figures.count($0) } ?? "-",
          count.head.map { Figures.count($0) } ?? "-",
          count.outcome == .notExact ? "not exact" : "",
        ]
      }
    let head = "Exact counts (\(script)): \(different.count) of \(record.counts.count) differ"
    return ["", head] + Columns.lines(rows, left: [0, 3])
  }

  private static func notes(_ record: ComparisonRecord) -> [String] {
    var notes = record.result.metrics.map { "\($0.rule.metric): \($0.reason)" }
    for (letter, blocks) in [("A", record.pairs.map(\.base)), ("B", record.pairs.map(\.head))]
    where isOverloaded(blocks) {
      notes.append("\(letter) cannot keep the rate that was asked for: its backlog grew")
    }
    notes += FailedOperationNotes.of(record.pairs, base: "A", head: "B")
    notes += machine(record.result)
    notes += record.result.violations
    return notes.isEmpty ? [] : [""] + notes
  }

  /// Returns the problems of the machine. They are called an invalid environment only if they
  /// decided the result, which is exactly when the exit code is 5.
  private static func machine(_ result: ComparisonResult) -> [String] {
    let decides = result.statuses.contains(.environment)
    return result.environment.reasons.map { reason in
      decides ? "environment: \(reason)" : "machine: \(reason); this decided nothing"
    }
  }

  private static func colour(_ record: ComparisonRecord) -> String {
    record.exitCode == 0 ? "32" : record.exitCode == 4 ? "33" : "31"
  }
}

/// Rows of texts, aligned in columns.
enum Columns {
  /// - Parameter left: indices of the left-aligned columns; all others are right-aligned.
  static func lines(_ rows: [[String]], left: Set<Int>) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let padded = row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return left.contains(column) ? text + space : space + text
      }
      var line = padded.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
