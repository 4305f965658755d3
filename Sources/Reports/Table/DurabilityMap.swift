import AssayModel

/// A map of the cells of a crash exploration: a block for each combination of values of the first
/// keys, the last two keys as rows and columns, and in each square the data that survive.
struct DurabilityMap {
  /// Minimum number of cells; fewer are easier to read as rows.
  private static let leastCells = 12

  private let cells: [CellResult]
  private let paths: [String]
  private let style: TerminalReport.Style

  /// - Returns: `nil` if checks other than consistency and durability were judged, if the cells are
  ///   no full matrix of two keys or more, or if the map would be too wide.
  init?(_ cells: [CellResult], style: TerminalReport.Style) {
    guard cells.count >= Self.leastCells, let paths = cells.first?.parameterPaths, paths.count > 1,
      cells.allSatisfy({ !$0.explored.isEmpty && $0.parameterPaths == paths }),
      cells.allSatisfy({ Set($0.verdicts.map(\.check)) == [.consistency, .durability] })
    else { return nil }
    self.cells = cells
    self.paths = paths
    self.style = style
    let sizes = paths.map { values($0).count }
    guard sizes.reduce(1, *) == cells.count,
      blocks.allSatisfy({ TableLayout.width($0) <= style.width })
    else { return nil }
  }

  /// The lines of all blocks.
  var lines: [String] {
    blocks.enumerated().flatMap { index, columns in
      (index > 0 ? [""] : []) + TableLayout(columns, style: style).lines
    }
  }

  private func values(_ path: String) -> [String] {
    var values: [String] = []
    for cell in cells {
      let value = cell.parameters[path] ?? ""
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  /// The columns of each block; the head of the first column holds all names of the block.
  private var blocks: [[TableColumn]] {
    let (row, column) = (paths[paths.count - 2], paths[paths.count - 1])
    var groups: [(name: String, cells: [CellResult])] = []
    for cell in cells {
      let name = paths.dropLast(2).map { path in
        "\(CellResult.shortName(path)) \(cell.parameters[path] ?? "")"
      }.joined(separator: ", ")
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].cells.append(cell)
      } else {
        groups.append((name, [cell]))
      }
    }
    let (rows, heads) = (values(row), values(column))
    return groups.map { group in
      let names = [group.name, CellResult.shortName(row)].filter { !$0.isEmpty }
      let first = TableColumn(
        head: names.joined(separator: "\n"), texts: rows, isLeft: true)
      let others = heads.enumerated().map { index, head in
        let marks = rows.map { value in
          Self.mark(
            group.cells.first { $0.parameters[row] == value && $0.parameters[column] == head })
        }
        let title = index == 0 ? "\(CellResult.shortName(column))\n\(head)" : head
        return TableColumn(
          head: title, texts: marks.map(\.text), colours: marks.map(\.colour), isLeft: true)
      }
      return [first] + others
    }
  }

  /// Returns the text for the data that survive in a cell; with `FAIL` if that is unexpected.
  private static func mark(_ cell: CellResult?) -> (text: String, colour: String) {
    guard let cell else { return ("", "0") }
    func status(_ check: CheckName) -> CheckResult.Status? {
      cell.verdicts.first { $0.check == check }?.status
    }
    let text =
      if status(.consistency) == .violated {
        "damaged"
      } else if status(.durability) == .violated {
        "loses last"
      } else if cell.verdicts.allSatisfy({ $0.status == .valid }) {
        "keeps all"
      } else {
        "unknown"
      }
    let isMissed = cell.verdicts.contains { !$0.met }
    let colour = isMissed ? "31" : text == "keeps all" ? "32" : "33"
    return (isMissed ? "FAIL: \(text)" : text, colour)
  }
}
