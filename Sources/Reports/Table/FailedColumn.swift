import AssayModel

extension TableColumn {
  /// Returns the column of operations that were given up because of an error, as count and share of
  /// all that ended; empty if no cell has any.
  static func failed(_ cells: [CellResult]) -> TableColumn {
    let isWanted = cells.contains { $0.failedOperations > 0 }
    return TableColumn(
      head: "failed",
      texts: cells.map { cell in
        guard isWanted, cell.attempts != nil else { return "" }
        let failed = cell.failedOperations
        guard failed > 0 else { return "0" }
        return "\(Figures.count(failed)) (\(Figures.percent(failed, of: cell.endedOperations)))"
      })
  }
}

extension CellResult {
  /// Number of operations that were given up because of an error.
  var failedOperations: UInt64 { (attempts ?? []).reduce(0) { $0 + $1.failed } }

  /// Number of operations that were acknowledged or given up.
  var endedOperations: UInt64 { (attempts ?? []).reduce(0) { $0 + $1.acknowledged + $1.failed } }
}

extension Figures {
  /// Returns a percentage with up to three significant digits: `0.02 %`, `1.20 %`, `100 %`. A
  /// nonzero share never reads as `0 %`, and an incomplete one never as `100 %`.
  static func percent(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0, part > 0 else { return "0 %" }
    if part == whole { return "100 %" }
    let value = Double(part) / Double(whole) * 100
    if value < 0.01 { return "< 0.01 %" }
    if value > 99.9 { return "> 99.9 %" }
    return decimal(value, places: value >= 9.995 ? 1 : 2) + " %"
  }
}
