import AssayModel

/// Names for sets of cells by their common parameter values.
struct CellPlaces {
  /// All cells of the run, the context for the names.
  let all: [CellResult]

  /// Paths whose values differ among the cells, in the order of the axes.
  private var paths: [String] {
    (all.first?.parameterPaths ?? []).filter { path in
      Set(all.map { $0.parameters[path] ?? "" }).count > 1
    }
  }

  /// Returns a phrase for a set of cells, such as `in every cell`, `with journal_mode wal`, or `in
  /// 3 of 8 cells`; empty if the run has a single cell.
  func phrase(_ cells: [CellResult]) -> String {
    if cells.count == all.count { return all.count == 1 ? "" : "in every cell" }
    if cells.isEmpty { return "in no cell" }
    // Common values name the cells if no other cell has them, whatever else differs.
    var shared: [(path: String, values: [String])] = []
    for path in paths {
      let values = values(path, in: cells)
      if values.count < self.values(path, in: all).count { shared.append((path, values)) }
    }
    for names in shared.map({ [$0] }) + [shared] where !names.isEmpty {
      let named = all.filter { cell in
        names.allSatisfy { $0.values.contains(cell.parameters[$0.path] ?? "") }
      }
      guard named.count == cells.count, names.map(\.values.count).reduce(0, +) <= 4 else {
        continue
      }
      let parts = names.map { "\(CellResult.shortName($0.path)) \(Prose.list($0.values))" }
      return "with " + parts.joined(separator: ", ")
    }
    return "in \(cells.count) of \(all.count) cells"
  }

  /// Returns a cell's name in a list: after the first, the value alone if only one key varies.
  func name(_ cell: CellResult, isFirst: Bool) -> String {
    if paths.isEmpty { return cell.label }
    if paths.count == 1 {
      let value = cell.parameters[paths[0]] ?? ""
      return isFirst ? "\(CellResult.shortName(paths[0])) \(value)" : value
    }
    return paths.map { "\(CellResult.shortName($0))=\(cell.parameters[$0] ?? "")" }
      .joined(separator: " ")
  }

  private func values(_ path: String, in cells: [CellResult]) -> [String] {
    var values: [String] = []
    for cell in cells {
      let value = cell.parameters[path] ?? ""
      if !values.contains(value) { values.append(value) }
    }
    return values
  }
}
