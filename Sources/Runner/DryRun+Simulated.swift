import AssayModel
import Reports

extension DryRun {
  /// What a cell of the simulated world explores. How long a program takes there depends on the
  /// machine, so time is only stated where the scenario limits it; the disk is memory.
  static func exploredExtent(_ cell: PlannedCell) -> String {
    "\(operations(cell.load)); \(cell.explore.map(exploration) ?? "explores nothing")"
  }

  private static func operations(_ load: LoadSettings) -> String {
    guard case .operations(let count) = load.extent else { return "no operations" }
    return Figures.count(count, "operation")
  }

  private static func exploration(_ explore: ExploreSettings) -> String {
    var parts: [String] = []
    var unit = "schedule"
    if let crashes = explore.crashes {
      parts.append("crashes: \(crashes.rawValue)")
      unit = explore.exploresSchedules ? "schedule" : "image"
    }
    if let sweep = explore.sweep {
      parts.append("sweep: \(sweep.rawValue)")
      unit = "fault"
    }
    if let schedules = explore.schedules { parts.append(Figures.count(schedules, "schedule")) }
    if let budget = explore.budget { parts.append("budget \(budget.seconds) s") }
    return (parts + ["at least \(Figures.count(explore.minimum, unit))"])
      .joined(separator: ", ")
  }

  /// The sum of the budgets in seconds, if every cell has one.
  static func budget(_ cells: [PlannedCell]) -> Double? {
    let budgets = cells.compactMap { $0.explore?.budget?.seconds }
    return budgets.count == cells.count ? budgets.reduce(0, +) : nil
  }
}
