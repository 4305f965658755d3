import AssayModel
import Gate

/// A gate as Markdown, for the summary of a job.
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

  private static func table(
    _ workload: GateRecord.Workload, _ record: GateRecord
  ) -> [String] {
    let rows = GateRow.all(record).filter { $0.workload == workload.name }
    return ["", "| | what | base | head | head/base (interval) | n | why |"]
      + ["|---|---|---|---|---|---|---|"]
      + rows.map { row in
        let figure = row.decision.flatMap { decision in
          workload.part(of: decision.rule.metric)?.figures
            .first { $0.metric == decision.rule.metric }
        }
        let values = figure.map { figure in
          [figure.base, figure.head].map { GateReport.value($0, figure.metric) }
        }
        let change = row.decision.flatMap { GateReport.change($0) }?.dropFirst("head/base ".count)
        let cells = [
          row.status.sign + " " + row.status.rawValue, row.subject, values?[0] ?? "",
          values?[1] ?? "", change.map(String.init) ?? "",
          row.decision.map { "\($0.pairs)" } ?? "", row.detail,
        ]
        return "| " + cells.map(escaped).joined(separator: " | ") + " |"
      }
  }

  private static func duration(_ record: GateRecord) -> String {
    Figures.span(record.elapsed.rawValue)
  }

  /// What would end a cell, begin a tag or change the letters.
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
