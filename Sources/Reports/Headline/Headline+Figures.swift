import AssayModel

extension Headline {
  /// Comparison of one figure over the cells.
  struct Comparison {
    /// Largest number of cells that are listed; more are given as the range of their values.
    private static let listedCells = 4

    let cells: [CellResult]
    let main: String?

    /// Returns a clause such as `p99 of load was 51.2 us with journal_mode wal, 4.10 ms with
    /// delete`; `nil` if no cell has the figure.
    func clause(_ figure: ShownFigure) -> String? {
      let measured = cells.filter { cell in
        // The latency of an overloaded cell only shows how long its backlog grew.
        if case .latency = figure { return cell.openLoop?.isOverloaded != true }
        return true
      }
      let values = measured.compactMap { cell in
        ShownValue(figure, of: cell, main: main).map { (cell: cell, value: $0) }
      }
      guard let first = values.first, let subject = subject(figure) else { return nil }
      if values.allSatisfy({ $0.value.text == first.value.text }) {
        let place = values.count > 1 && cells.count > 1 ? " in every cell" : ""
        return "\(subject) \(text(first.value, figure))\(place)"
      }
      let places = CellPlaces(all: cells)
      if values.count <= Self.listedCells {
        let parts = values.enumerated().map { index, entry in
          "\(text(entry.value, figure)) with "
            + places.name(entry.cell, isFirst: index == 0)
        }
        return "\(subject) \(Prose.list(parts))"
      }
      guard let least = values.min(by: { $0.value.value < $1.value.value }),
        let most = values.max(by: { $0.value.value < $1.value.value })
      else { return nil }
      return "\(subject) \(text(least.value, figure)) with "
        + "\(places.name(least.cell, isFirst: true)) to \(text(most.value, figure)) with "
        + places.name(most.cell, isFirst: false)
    }

    private func subject(_ figure: ShownFigure) -> String? {
      switch figure {
      case .throughput(let kind): (kind ?? main).map { "\($0) ran at" }
      case .latency(.max, let kind): (kind ?? main).map { "the longest \($0) took" }
      case .latency(let statistic, let kind):
        (kind ?? main).map { "\(statistic.rawValue) of \($0) was" }
      case .size(let size):
        switch size {
        case .databasePeak: "the database grew to"
        case .databaseEnd: "the database ended at"
        case .walPeak: "the WAL grew to"
        case .walEnd: "the WAL ended at"
        case .journalPeak: "the journal grew to"
        case .journalEnd: "the journal ended at"
        case .diskPeak: "all files together grew to"
        case .diskEnd: "all files together ended at"
        }
      case .busy: "attempts that met SQLITE_BUSY:"
      case .fairness: "the least busy actor reached a share of the busiest of"
      case .count(let name): "\(name):"
      case .takeovers, .serviceTime, .check: nil
      }
    }

    private func text(_ value: ShownValue, _ figure: ShownFigure) -> String {
      (value.isLowerBound ? "at least " : "") + value.text + unit(figure)
    }

    private func unit(_ figure: ShownFigure) -> String {
      if case .throughput = figure { "/s" } else { "" }
    }
  }
}
