import AssayModel

/// The table of a report: one row a cell; columns that are empty in every row are left out.
struct CellTable {
  /// One column with a text per cell.
  struct Column {
    var head: String
    var texts: [String]
    /// ANSI colours of the texts; empty for none.
    var colours: [String] = []
    var isLeft = false

    var width: Int { ([head] + texts).map(\.count).max() ?? 0 }
    var isEmpty: Bool { texts.allSatisfy(\.isEmpty) }
  }

  let result: RunResult
  let style: TerminalReport.Style

  /// The lines of the table, head first.
  var lines: [String] {
    let columns = fittingColumns
    let head = columns.map { Self.pad($0.head, $0) }.joined(separator: "  ")
    var lines = [Self.trimmed(head)]
    for row in result.cells.indices {
      var cells: [String] = []
      for column in columns {
        let padded = Self.pad(column.texts[row], column)
        cells.append(
          column.colours.isEmpty ? padded : Paint.paint(padded, column.colours[row], style))
      }
      lines.append(Self.trimmed(cells.joined(separator: "  ")))
    }
    return lines
  }

  /// The widest form that fits: check names in full, shortened, or all verdicts in one column.
  private var fittingColumns: [Column] {
    let forms = [
      parameterColumns + verdictColumns { $0.rawValue } + figureColumns(isShort: false),
      parameterColumns + verdictColumns(Self.shortName) + figureColumns(isShort: true),
    ]
    for columns in forms where Self.width(columns) <= style.width { return columns }
    return parameterColumns + [verdictSummary] + figureColumns(isShort: false)
  }

  private var parameterColumns: [Column] {
    var paths: [String] = []
    for path in result.cells.flatMap(\.parameterPaths) where !paths.contains(path) {
      paths.append(path)
    }
    if paths.isEmpty {
      return [Column(head: "cell", texts: result.cells.map(\.id), isLeft: true)]
    }
    let names = paths.map(CellResult.shortName)
    return zip(paths, names).map { path, name in
      let isUnique = names.count { $0 == name } == 1
      return Column(
        head: isUnique ? name : path, texts: result.cells.map { $0.parameters[path] ?? "" },
        isLeft: true)
    }
  }

  private var checks: [CheckName] {
    CheckName.allCases.filter { check in
      result.cells.contains { cell in cell.verdicts.contains { $0.check == check } }
    }
  }

  private func verdictColumns(_ name: (CheckName) -> String) -> [Column] {
    let exploration = ExplorationColumns(cells: result.cells, style: style)
    if exploration.isNeeded {
      return checks.map { exploration.verdicts($0, head: name($0)) }
    }
    return checks.map { check in
      let marks = result.cells.map { cell in
        cell.verdicts.first { $0.check == check }.map { Mark($0) }
      }
      return Column(
        head: name(check), texts: marks.map { $0?.text(style) ?? "" },
        colours: marks.map { $0?.colour ?? "0" }, isLeft: true)
    }
  }

  /// All verdicts of a cell as a count, for tables that would be too wide.
  private var verdictSummary: Column {
    let texts = result.cells.map { cell in
      let marks = cell.verdicts.map { Mark($0) }
      let kinds: [Mark] = [.met, .shown, .missed, .unknown, .notJudged]
      return kinds.compactMap { kind in
        let count = marks.count { $0 == kind }
        return count == 0 ? nil : "\(count) \(kind.text(style))"
      }.joined(separator: ", ")
    }
    return Column(head: "verdicts", texts: texts, isLeft: true)
  }

  private func figureColumns(isShort: Bool) -> [Column] {
    let name = MainOperation.name(in: result.cells)
    let response = result.cells.map { cell in name.flatMap { cell.operations[$0]?.response } }
    func latencies(_ head: String, _ value: (LatencyResult) -> UInt64?) -> Column {
      Column(
        head: head,
        texts: zip(result.cells, response).map { cell, response in
          // They would be those of the backlog, which grows as long as one lets it.
          if cell.openLoop?.isOverloaded == true { return head == "p50" ? "overloaded" : "" }
          return response.flatMap { $0.text(value($0), head, style) } ?? ""
        })
    }
    let exploration = ExplorationColumns(cells: result.cells, style: style)
    if exploration.isNeeded {
      return exploration.coverage(isShort: isShort) + [failedColumn].filter { !$0.isEmpty }
    }
    let columns = [
      Column(
        head: "ops/s",
        texts: result.cells.map { $0.measuredSeconds > 0 ? Figures.rate($0.throughput) : "" }),
      latencies("p50", \.p50), latencies("p99", \.p99), latencies("p99.9", \.p999),
      latencies("max", \.max), failedColumn, busyColumn,
      Column(
        head: "fairness", texts: result.cells.map { $0.fairness.map(Figures.share) ?? "" }),
      takeoverColumn, serviceTimeColumn,
    ]
    return columns.filter { !$0.isEmpty }
  }

  /// Numbers of SQLITE_BUSY, if there was one or a check asks for them.
  private var busyColumn: Column {
    let isWanted = checks.contains(.busy) || result.cells.contains { $0.busyCount > 0 }
    return Column(
      head: "BUSY", texts: result.cells.map { isWanted ? Figures.count($0.busyCount) : "" })
  }

  private var takeoverColumn: Column {
    Column(
      head: "takeovers, median",
      texts: result.cells.map { cell in
        guard let median = cell.medianRecovery else { return "" }
        return "\(cell.takeovers.count), \(Figures.span(median))"
      })
  }

  /// What the time of operations went to besides SQLite itself, where it was measured.
  private var serviceTimeColumn: Column {
    Column(
      head: "lock/sync/I/O",
      texts: result.cells.map { cell in
        guard let time = cell.serviceTime, time.total > 0 else { return "" }
        return [time.locking, time.syncing, time.otherCalls]
          .map { Figures.share(Double($0) / Double(time.total)) }.joined(separator: "/")
      })
  }

  private static func shortName(_ check: CheckName) -> String {
    switch check {
    case .integrity: "integ"
    case .durability: "durab"
    case .atomicity: "atom"
    case .isolation: "isol"
    case .mutualExclusion: "excl"
    case .recoveryTime: "recov"
    case .throughput: "thrput"
    default: String(check.rawValue.prefix(7))
    }
  }

  private static func width(_ columns: [Column]) -> Int {
    columns.map(\.width).reduce(0, +) + 2 * max(0, columns.count - 1)
  }

  private static func pad(_ text: String, _ column: Column) -> String {
    let space = String(repeating: " ", count: max(0, column.width - text.count))
    return column.isLeft ? text + space : space + text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
