import AssayModel

/// Value of a figure in one cell, printed in tables and compared in the headline.
struct ShownValue {
  let value: Double
  let text: String
  /// True if an operation that had not ended determines the value, so that it is a lower bound.
  var isLowerBound = false

  /// - Parameters:
  ///   - main: the main operation of the run, for figures that name no kind.
  /// - Returns: `nil` if the cell has no such figure, or too few values for it.
  init?(_ figure: ShownFigure, of cell: CellResult, main: String?) {
    switch figure {
    case .throughput(let kind):
      guard cell.measuredSeconds > 0, let name = kind ?? main,
        let operation = cell.operations[name]
      else { return nil }
      self.init(operation.throughput, Figures.rate(operation.throughput))
    case .latency(let statistic, let kind):
      guard let name = kind ?? main, let response = cell.operations[name]?.response,
        let value = Self.value(statistic, response)
      else { return nil }
      self.init(Double(value), Figures.span(value))
      isLowerBound = response.lowerBounds?.contains(statistic.rawValue) ?? false
    case .size(let size):
      guard let sizes = cell.sizes else { return nil }
      self.init(Double(sizes[size]), Figures.bytes(sizes[size]))
    case .busy:
      self.init(Double(cell.busyCount), Figures.count(cell.busyCount))
    case .fairness:
      guard let fairness = cell.fairness else { return nil }
      self.init(fairness, Figures.share(fairness))
    case .takeovers:
      guard let longest = cell.takeovers.map(\.sinceRenewal).max() else { return nil }
      self.init(Double(longest), Figures.span(longest))
    case .count(let name):
      guard let count = cell.counts[name] else { return nil }
      self.init(Double(count), Figures.count(count))
    case .serviceTime, .check: return nil
    }
  }

  private init(_ value: Double, _ text: String) {
    self.value = value
    self.text = text
  }

  private static func value(
    _ statistic: Bound.Statistic, _ response: LatencyResult
  ) -> UInt64? {
    switch statistic {
    case .p50: response.p50
    case .p90: response.p90
    case .p99: response.p99
    case .p999: response.p999
    case .max: response.max
    }
  }
}
