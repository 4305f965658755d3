import AssayModel
import Gate

/// A gate as Markdown, for a job summary.
public enum GateMarkdown {
  /// Returns the text, with a newline at the end.
  public static func text(_ record: GateRecord) -> String {
    let sign = record.exitCode == 0 ? "✅" : record.exitCode == 4 ? "⚠️" : "❌"
    var lines = ["## \(sign) assay gate", "", escaped(record.sentence)]
    for workload in record.workloads {
      lines += ["", "### \(escaped(workload.name))", ""]
      lines.append("Base: \(escaped(workload.base.label)). Head: \(escaped(workload.head.label)).")
      lines += table(workload, record)
    }
    lines += ["", "Exit code \(record.exitCode), seed \(record.seed), \(duration(record))."]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns the table of all decisions except equal counts, which are folded below it.
  private static func table(
    _ workload: GateRecord.Workload, _ record: GateRecord
  ) -> [String] {
    let rows = GateRow.all(record).filter { $0.workload == workload.name }
    let counts = record.decision.workloads.first { $0.name == workload.name }?.counts ?? []
    return ["", "| | what | base | head | head against base | n | why |"]
      + ["|---|---|---|---|---|---|---|"]
      + rows.map { row in
        let values = values(row, workload, counts)
        return line([
          row.status.sign + " " + row.status.rawValue, row.subject, values.base, values.head,
          row.decision.flatMap { GateReport.change($0) } ?? "",
          row.decision.map { "\($0.pairs)" } ?? "", row.detail,
        ])
      } + same(counts)
  }

  /// Returns the medians of a metric, or the two counts.
  private static func values(
    _ row: GateRow, _ workload: GateRecord.Workload, _ counts: [CountComparison]
  ) -> (base: String, head: String) {
    if let metric = row.decision?.rule.metric {
      let figure = workload.part(of: metric)?.figures.first { $0.metric == metric }
      guard let figure else { return ("", "") }
      return (GateReport.value(figure.base, metric), GateReport.value(figure.head, metric))
    }
    guard let count = counts.first(where: { $0.name == row.subject }) else { return ("", "") }
    return (Self.count(count.base), Self.count(count.head))
  }

  /// Returns the equal counts with the values of both sides.
  private static func same(_ counts: [CountComparison]) -> [String] {
    let same = counts.filter { $0.outcome == .same }
    guard !same.isEmpty else { return [] }
    return ["", "<details><summary>\(Figures.count(same.count, "equal count"))</summary>", ""]
      + ["| count | base | head |", "|---|---|---|"]
      + same.map { line([$0.name, Self.count($0.base), Self.count($0.head)]) }
      + ["", "</details>"]
  }

  private static func count(_ value: UInt64?) -> String {
    value.map { Figures.count($0) } ?? "-"
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |"
  }

  private static func duration(_ record: GateRecord) -> String {
    Figures.span(record.elapsed.rawValue)
  }

  /// Escapes characters that would end a cell, begin a tag or change the formatting.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "|", "*", "_", "`", "\\", "[", "]": result += "\\\(character)"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result += character.isNewline ? " " : String(character)
      }
    }
    return result
  }
}

extension GateRow.Status {
  fileprivate var sign: String {
    switch self {
    case .passed, .improved: "✅"
    case .inconclusive: "⚠️"
    case .notCompared: "➖"
    case .regressed, .violated, .invalid: "❌"
    }
  }
}
