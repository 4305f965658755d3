import AssayModel

/// Columns of an exploration's table next to the parameters: promise and result per check, and the
/// amount explored.
struct ExplorationColumns {
  let cells: [CellResult]
  let style: TerminalReport.Style

  /// True if cells were explored, not measured.
  var isNeeded: Bool { cells.contains { !$0.explored.isEmpty } }

  /// Returns the column for a check: `ok (promised)`, `violated (no promise)`, `ok (may hold)`.
  func verdicts(_ check: CheckName) -> TableColumn {
    let verdicts = cells.map { cell in cell.verdicts.first { $0.check == check } }
    return TableColumn(
      head: check.rawValue,
      texts: verdicts.map { verdict in
        guard let verdict else { return "" }
        return Mark(verdict).word + Self.promise(verdict)
      },
      colours: verdicts.map { $0.map { Mark($0).colour } ?? "0" }, isLeft: true)
  }

  /// Returns the scenario's expectation of a check, as a promise of the system under test.
  private static func promise(_ verdict: Verdict) -> String {
    switch verdict.expected {
    case "valid": " (promised)"
    case "violated": " (no promise)"
    case "may_violate": " (may hold)"
    default: ""
    }
  }

  /// Numbers explored and, of these, found wrong; the least important columns are dropped first.
  var coverage: [TableColumn] {
    let exhausted = TableColumn(head: "exhausted", texts: cells.map(Self.exhausted), leaves: 5)
    let columns =
      [exhausted]
      + [
        number("images", "distinct_images"),
        number("inconsistent", "images_inconsistent", leaves: 2),
        number("lost", "images_lost", leaves: 1), number("schedules", "distinct_schedules"),
        number("violating", "schedules_violating"),
        number("snapshots", "busy_snapshots", leaves: 4),
        number("faults", "faults"), number("reported", "faults_reported", leaves: 3),
      ]
    return columns.filter { !$0.isEmpty }
  }

  private func number(_ head: String, _ name: String, leaves: Int? = nil) -> TableColumn {
    let isAnywhere = cells.contains { $0.explored[name] != nil }
    return TableColumn(
      head: head,
      texts: cells.map { isAnywhere ? Figures.count(Int($0.explored[name] ?? 0)) : "" },
      leaves: leaves)
  }

  /// Returns the share of crash points for which every image was made, relative to all including
  /// those beyond the budget; rounded down, so that 100 % means all.
  private static func exhausted(_ cell: CellResult) -> String {
    let reached = cell.explored["crash_points"] ?? 0
    let all = reached + (cell.explored["crash_points_unexplored"] ?? 0)
    guard all > 0 else { return "" }
    return "\((cell.explored["crash_points_exhausted"] ?? 0) * 100 / all) %"
  }
}
