import AssayModel

/// Columns with the figures of a measured run: those named by the scenario's `show:`, or the usual.
struct FigureColumns {
  /// Ranks of columns that a narrow table drops, from the last to the first to go.
  private enum Rank {
    static let takeovers = 1, busy = 2, max = 3, p50 = 4, fairness = 5, p999 = 6, otherRate = 7
    static let serviceTime = 8
  }

  let result: RunResult
  let style: TerminalReport.Style
  private let main: String?

  init(result: RunResult, style: TerminalReport.Style) {
    self.result = result
    self.style = style
    main = MainOperation.name(in: result.cells)
  }

  /// All columns, in order.
  var columns: [TableColumn] {
    let chosen = (result.show ?? []).filter { if case .check = $0 { false } else { true } }
    let figures = chosen.isEmpty ? usual : chosen.flatMap { columns(for: $0, leaves: nil) }
    let failures = [.failed(result.cells)] + failureColumns(shownBusy: chosen.contains(.busy))
    return figures + failures + sizes(chosen)
      + [fairness(leaves: Rank.fairness)].filter { _ in !chosen.contains(.fairness) }
  }

  private var usual: [TableColumn] {
    let others = MainOperation.rates(in: result.cells).filter { $0 != main }
    return columns(for: .throughput(nil), leaves: nil)
      + others.flatMap { columns(for: .throughput($0), leaves: Rank.otherRate) }
      + columns(for: .latency(.p50, nil), leaves: isOverloaded ? nil : Rank.p50)
      + columns(for: .latency(.p99, nil), leaves: nil)
      + columns(for: .latency(.p999, nil), leaves: Rank.p999)
      + columns(for: .latency(.max, nil), leaves: Rank.max)
      + columns(for: .takeovers, leaves: Rank.takeovers)
      + columns(for: .serviceTime, leaves: Rank.serviceTime)
  }

  private var isOverloaded: Bool { result.cells.contains { $0.openLoop?.isOverloaded == true } }

  /// Returns the columns for failures; empty if there were none and no check asks for them.
  private func failureColumns(shownBusy: Bool) -> [TableColumn] {
    let isAsked = result.cells.contains { cell in cell.verdicts.contains { $0.check == .busy } }
    let isWanted = isAsked || result.cells.contains { $0.busyCount > 0 }
    return isWanted && !shownBusy ? columns(for: .busy, leaves: Rank.busy) : []
  }

  /// Returns columns for sizes that a check limits and `show:` does not name.
  private func sizes(_ chosen: [ShownFigure]) -> [TableColumn] {
    let limited = [CheckName.wal, .disk].filter { check in
      result.cells.contains { cell in cell.verdicts.contains { $0.check == check } }
    }
    return limited.compactMap(\.size).map(ShownFigure.size).filter { !chosen.contains($0) }
      .flatMap { columns(for: $0, leaves: nil) }
  }

  private func columns(for figure: ShownFigure, leaves: Int?) -> [TableColumn] {
    switch figure {
    case .fairness: return [fairness(leaves: leaves)]
    case .takeovers: return takeovers(leaves: leaves)
    case .serviceTime: return [serviceTime(leaves: leaves)]
    case .check: return []
    default:
      let texts = result.cells.map { text(figure, $0) }
      return [TableColumn(head: head(figure), texts: texts, leaves: leaves)]
    }
  }

  private func text(_ figure: ShownFigure, _ cell: CellResult) -> String {
    if case .latency(let statistic, _) = figure, cell.openLoop?.isOverloaded == true {
      // It would be the backlog's, which grows as long as the load continues.
      return statistic == .p50 ? "overloaded" : ""
    }
    guard let value = ShownValue(figure, of: cell, main: main) else { return "" }
    return value.isLowerBound ? Figures.atLeast(style) + value.text : value.text
  }

  private func head(_ figure: ShownFigure) -> String {
    switch figure {
    case .throughput(let kind): "\(kind ?? main ?? "ops")/s"
    case .latency(let statistic, let kind):
      kind == nil || kind == main ? statistic.rawValue : "\(kind ?? "")\n\(statistic.rawValue)"
    case .busy: "BUSY"
    case .count(let name): name
    default: figure.description
    }
  }

  /// Returns the fairness column, which is never dropped if a value is below one half: then some
  /// actor hardly got a turn.
  private func fairness(leaves: Int?) -> TableColumn {
    let values = result.cells.map(\.fairness)
    let isLow = values.contains { $0 ?? 1 < 0.5 }
    return TableColumn(
      head: "fair", texts: values.map { $0.map(Figures.share) ?? "" },
      colours: values.map { $0 ?? 1 < 0.5 ? "31" : "0" }, leaves: isLow ? nil : leaves)
  }

  /// Returns the number of takeovers, in which a lock passed on without a release, and the longest
  /// one.
  private func takeovers(leaves: Int?) -> [TableColumn] {
    let longest = result.cells.map { cell in cell.takeovers.map(\.sinceRenewal).max() }
    guard longest.contains(where: { $0 != nil }) else { return [] }
    return [
      TableColumn(
        head: "taken\nover", texts: result.cells.map { Figures.count($0.takeovers.count) },
        leaves: leaves),
      TableColumn(
        head: "within", texts: longest.map { $0.map { Figures.span($0) } ?? "" }, leaves: leaves),
    ]
  }

  /// Returns the shares of service time outside of SQLite itself, if they were measured.
  private func serviceTime(leaves: Int?) -> TableColumn {
    TableColumn(
      head: "lock/sync/I/O",
      texts: result.cells.map { cell in
        guard let time = cell.serviceTime, time.total > 0 else { return "" }
        return [time.locking, time.syncing, time.otherCalls]
          .map { Figures.share(Double($0) / Double(time.total)) }.joined(separator: "/")
      }, leaves: leaves)
  }
}
