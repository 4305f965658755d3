import AssayModel

/// What the table of an exploration says beside the parameters: per check what was promised and
/// what was found, and how much was looked at.
struct ExplorationColumns {
  let cells: [CellResult]
  let style: TerminalReport.Style

  /// Whether the cells were explored, not measured.
  var isNeeded: Bool { cells.contains { !$0.explored.isEmpty } }

  /// A column for a check: `ok (promised)`, `violated (no promise)`, `ok (may hold)`.
  func verdicts(_ check: CheckName, head: String) -> CellTable.Column {
    let verdicts = cells.map { cell in cell.verdicts.first { $0.check == check } }
    return CellTable.Column(
      head: head,
      texts: verdicts.map { verdict in
        guard let verdict else { return "" }
        return Mark(verdict).text(style) + Self.promise(verdict)
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

  /// How much was explored, and how much of it was wrong.
  ///
  /// - Parameter isShort: shortens the heads.
  func coverage(isShort: Bool) -> [CellTable.Column] {
    let columns = [
      CellTable.Column(head: "exhausted", texts: cells.map(Self.exhausted)),
      number("images", "distinct_images"),
      number(isShort ? "incons" : "inconsistent", "images_inconsistent"),
      number("lost", "images_lost"),
      number("schedules", "distinct_schedules"),
      number(isShort ? "bad" : "violating", "schedules_violating"),
      number("snapshots", "busy_snapshots"),
      number("faults", "faults"), number("reported", "faults_reported"),
    ]
    return columns.filter { !$0.isEmpty }
  }

  private func number(_ head: String, _ name: String) -> CellTable.Column {
    let isAnywhere = cells.contains { $0.explored[name] != nil }
    return CellTable.Column(
      head: head,
      texts: cells.map { isAnywhere ? Figures.count(Int($0.explored[name] ?? 0)) : "" })
  }

  /// The share of crash points of which every image was made; rounded down, so that 100 % is all.
  private static func exhausted(_ cell: CellResult) -> String {
    guard let all = cell.explored["crash_points"], all > 0 else { return "" }
    return "\((cell.explored["crash_points_exhausted"] ?? 0) * 100 / all) %"
  }
}
