import AssayModel
import Reports

extension DryRun {
  /// The cells of the simulated world. How long a program takes there depends on the machine, so
  /// time is only stated where the scenario limits it; the disk is memory.
  static func simulated(_ plan: Plan) -> String {
    var lines = ["\(plan.scenario.name): \(plan.scenario.question)"]
    for cell in plan.cells {
      let load = cell.load
      let explored = cell.explore.map(exploration) ?? "explores nothing"
      lines.append(
        "  \(cell.id)  \(Figures.count(load.processes, "process", "processes")) x "
          + "\(Figures.count(load.writers + load.readers, "actor")), \(operations(load)); "
          + explored)
    }
    lines.append(
      "\(Figures.count(plan.cells.count, "cell")) in the simulated world, \(time(plan.cells)), "
        + "no disk; seed \(plan.seed)")
    return lines.joined(separator: "\n")
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

  /// The sum of the budgets, if every cell has one.
  private static func time(_ cells: [PlannedCell]) -> String {
    let budgets = cells.compactMap { $0.explore?.budget?.seconds }
    guard budgets.count == cells.count else { return "without a limit of time" }
    return "about \(Int(min(budgets.reduce(0, +), 1e15).rounded(.up))) s at most"
  }
}
