import AssayModel

/// One line for each operation and error code with which the operation was given up or never
/// succeeded; several cells share a line.
struct ErrorLines {
  /// Largest number of lines shown; the rest is in the result file.
  private static let limit = 6
  /// Largest number of characters of a message shown.
  private static let messageLimit = 100

  let result: RunResult
  let style: TerminalReport.Style

  private struct Group {
    var operation: String
    var code: String
    var failed: UInt64 = 0
    var attempts: UInt64 = 0
    var ended: UInt64 = 0
    var cells: [CellResult] = []
    var message: String?
    var neverSucceeded = true
  }

  /// The lines, the most frequent errors first; empty if nothing failed.
  var lines: [String] {
    let groups = groups.sorted { ($0.failed, $0.attempts) > ($1.failed, $1.attempts) }
    let limit = style.detail == .verbose ? Int.max : Self.limit
    var lines = groups.prefix(limit).flatMap(text)
    if groups.count > limit {
      lines.append("and \(groups.count - limit) more kinds of errors in result.json")
    }
    return lines
  }

  private var groups: [Group] {
    var groups: [Group] = []
    for cell in result.cells {
      let never = cell.neverSucceeded.map(\.operation)
      for error in cell.errors ?? [] where error.isAnswer {
        let hasNone = never.contains(error.operation)
        guard error.failed > 0 || hasNone else { continue }
        let place = place(of: error, in: &groups)
        groups[place].failed += error.failed
        groups[place].attempts += error.count
        let tried = cell.attempts?.first { $0.operation == error.operation }
        groups[place].ended += tried.map { $0.acknowledged + $0.failed } ?? 0
        groups[place].cells.append(cell)
        groups[place].message = groups[place].message ?? error.message
        groups[place].neverSucceeded = groups[place].neverSucceeded && hasNone
      }
    }
    return groups
  }

  private func place(of error: ErrorResult, in groups: inout [Group]) -> Int {
    let known = groups.firstIndex { $0.operation == error.operation && $0.code == error.code }
    if let known { return known }
    groups.append(Group(operation: error.operation, code: error.code))
    return groups.count - 1
  }

  private func text(_ group: Group) -> [String] {
    var line = "\(place(group))\(group.operation): "
    if group.failed > 0 {
      line += "\(Figures.count(group.failed)) of \(Figures.count(group.ended)) failed with "
      line += group.code
    } else {
      line += "\(Figures.count(group.attempts, "attempt")) ended with \(group.code)"
    }
    if group.neverSucceeded { line += ", none succeeded" }
    line += group.message.map { ": " + Self.oneLine($0) } ?? ""
    return Prose.note("failed", group.neverSucceeded ? "31" : "33", line, style)
  }

  private func place(_ group: Group) -> String {
    if group.cells.count == result.cells.count {
      return result.cells.count == 1 ? "" : "all cells: "
    }
    return group.cells.count == 1
      ? "\(group.cells[0].label): " : "\(group.cells.count) of \(result.cells.count) cells: "
  }

  private static func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > messageLimit ? line.prefix(messageLimit - 3) + "..." : line
  }
}
