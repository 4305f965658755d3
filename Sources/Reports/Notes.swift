import AssayModel

/// Lines below the table: only the verdicts that a reader must act on, with their witnesses.
struct Notes {
  /// Largest number of notes shown; the rest is in the result file.
  private static let noteLimit = 6
  /// Largest number of lines of a witness shown.
  private static let witnessLimit = 3

  let result: RunResult
  let style: TerminalReport.Style

  /// The lines, most serious first; empty if everything was met and nothing violated.
  var lines: [String] {
    let entries = entries
    let noteLimit = style.detail == .verbose ? Int.max : Self.noteLimit
    var lines = entries.prefix(noteLimit).flatMap { text($0.cell, $0.verdict, $0.others) }
    if entries.count > noteLimit {
      lines.append("and \(entries.count - noteLimit) more in result.json")
    }
    var told: Set<String> = []
    for note in TimeJumpNotes.lines(result) + OtherRunNotes.lines(result)
    where told.insert(note).inserted {
      lines += Prose.note("note", "33", note, style)
    }
    for cell in result.cells where !cell.incidents.isEmpty {
      let workers = Figures.count(cell.incidents.count, "worker")
      lines += Prose.note(
        "!", "31", "\(cell.label): \(workers) exited unexpectedly: \(cell.incidents[0])", style)
    }
    return lines
  }

  /// A verdict that has a note.
  private struct Entry {
    var cell: CellResult
    var verdict: Verdict
    /// Further checks of the cell that are unknown for the same reason.
    var others: [CheckName] = []
  }

  private var entries: [Entry] {
    let all = result.cells.flatMap { cell in
      cell.verdicts.map { Entry(cell: cell, verdict: $0) }
    }
    let missed = all.filter { Mark($0.verdict) == .missed }
    let unknown = all.filter { Mark($0.verdict) == .unknown }
    let shown = all.filter { Mark($0.verdict) == .shown && !$0.verdict.witness.isEmpty }
    guard style.detail == .verbose else { return missed + Self.grouped(unknown) + shown }
    let others = all.filter { [.met, .notJudged].contains(Mark($0.verdict)) }
    return missed + unknown + all.filter { Mark($0.verdict) == .shown } + others
  }

  /// Merges the entries for all checks of a cell that are unknown for the same reason.
  private static func grouped(_ entries: [Entry]) -> [Entry] {
    var groups: [Entry] = []
    for entry in entries {
      let same = groups.firstIndex { group in
        let (one, other) = (group.verdict, entry.verdict)
        return group.cell.id == entry.cell.id && one.reason == other.reason
          && one.evidence == other.evidence && one.expected == other.expected
      }
      if let same {
        groups[same].others.append(entry.verdict.check)
      } else {
        groups.append(entry)
      }
    }
    return groups
  }

  private func text(
    _ cell: CellResult, _ verdict: Verdict, _ others: [CheckName]
  ) -> [String] {
    let mark = Mark(verdict)
    let place = cell.parameters.isEmpty ? "" : "\(cell.label): "
    var line = place + Prose.list(([verdict.check] + others).map(\.rawValue))
    switch mark {
    // The measured value includes the comparison with its bound.
    case .missed where verdict.measured != nil: break
    case .missed:
      line += " is \(verdict.status.rawValue), expected \(verdict.expected ?? "nothing")"
    case .unknown:
      line += others.isEmpty ? " is" : " are"
      line += " unknown, expected \(verdict.expected ?? "nothing")"
    case .shown:
      line += " is violated, as \(verdict.expected == "violated" ? "expected" : "allowed")"
    case .met: line += " is \(verdict.status.rawValue)"
    case .notJudged: line += " is unknown, as allowed"
    }
    if let measured = verdict.measured { line += ": \(measured)" }
    if let reason = verdict.reason { line += ": \(reason)" }
    if !verdict.evidence.isEmpty { line += " (\(verdict.evidence))" }
    let limit = style.detail == .verbose ? Int.max : mark == .shown ? 1 : Self.witnessLimit
    let witness = (verdict.story ?? verdict.witness).prefix(limit).flatMap { line in
      Prose.lines(line, width: style.width - 4, indent: 2).map { "    " + $0 }
    }
    return Prose.note(mark.word, mark.colour, line, style) + witness
  }
}
