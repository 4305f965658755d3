import AssayModel

/// The table of a report: one row per cell, or a map if only verdicts vary. Columns that are empty
/// in every row are left out; if the width is too small, so are the least important ones.
struct CellTable {
  let result: RunResult
  let style: TerminalReport.Style

  /// The lines of the table, heads first.
  var lines: [String] {
    if let map = DurabilityMap(result.cells, style: style) { return map.lines }
    let exploration = ExplorationColumns(cells: result.cells, style: style)
    if exploration.isNeeded {
      let coverage = exploration.coverage + [.failed(result.cells)]
      let columns = parameterColumns + checks.map { exploration.verdicts($0) } + coverage
      // Every verdict with its promise, if there is room for it.
      if TableLayout.width(columns) <= style.width {
        return TableLayout(columns, style: style).lines
      }
      return TableLayout(parameterColumns + [checksColumn] + coverage, style: style).lines
    }
    let figures = FigureColumns(result: result, style: style)
    return TableLayout(parameterColumns + [checksColumn] + figures.columns, style: style).lines
  }

  private var parameterColumns: [TableColumn] {
    var paths: [String] = []
    for path in result.cells.flatMap(\.parameterPaths) where !paths.contains(path) {
      paths.append(path)
    }
    if paths.isEmpty {
      return [TableColumn(head: "cell", texts: result.cells.map(\.id), isLeft: true)]
    }
    let names = paths.map(CellResult.shortName)
    return zip(paths, names).map { path, name in
      let isUnique = names.count { $0 == name } == 1
      return TableColumn(
        head: isUnique ? name : path, texts: result.cells.map { $0.parameters[path] ?? "" },
        isLeft: true)
    }
  }

  private var checks: [CheckName] {
    CheckName.allCases.filter { check in
      result.cells.contains { cell in cell.verdicts.contains { $0.check == check } }
    }
  }

  /// One word for all verdicts of a cell, and the name of the check that needs attention.
  private var checksColumn: TableColumn {
    let summaries = result.cells.map { Self.summary($0.verdicts) }
    return TableColumn(
      head: "checks", texts: summaries.map(\.text), colours: summaries.map(\.colour), isLeft: true)
  }

  static func summary(_ verdicts: [Verdict]) -> (text: String, colour: String) {
    func those(_ mark: Mark) -> [Verdict] { verdicts.filter { Mark($0) == mark } }
    for mark in [Mark.missed, .unknown, .shown] {
      let marked = those(mark)
      guard let first = marked.first else { continue }
      let more = marked.count > 1 ? " +\(marked.count - 1)" : ""
      return ("\(mark.word) \(first.check.rawValue)\(more)", mark.colour)
    }
    let met = those(.met).count
    return met > 0 ? ("\(met) ok", Mark.met.colour) : ("-", Mark.notJudged.colour)
  }
}
