import AssayModel

/// What the table of an exploration says next to the parameters: per check what was promised and
/// what was found, and how much was looked at.
struct ExplorationColumns {
  let cells: [CellResult]
  let style: TerminalReport.Style

  /// Whether the cells were explored, not measured.
  var isNeeded: Bool { cells.contains { !$0.explored.isEmpty } }

  /// A column for a check: `ok (promised)`, `violated (no promise)`, `ok (may hold)`.
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

  /// What the scenario says of a check, as a promise of the system under test.
  private static func promise(_ verdict: Verdict) -> String {
    switch verdict.expected {
    case "valid": " (promised)"
    case "violated": " (no promise)"
    case "may_violate": " (may hold)"
    default: ""
    }
  }

  /// How much was explored, and how much of it was wrong; counts that matter least leave first.
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

  /// The share of crash points of which every image was made, those that the budget did not reach
  /// included; rounded down, so that 100 % is all.
  private static func exhausted(_ cell: CellResult) -> String {
    let reached = cell.explored["crash_points"] ?? 0
    let all = reached + (cell.explored["crash_points_unexplored"] ?? 0)
    guard all > 0 else { return "" }
    return "\((cell.explored["crash_points_exhausted"] ?? 0) * 100 / all) %"
  }
}
