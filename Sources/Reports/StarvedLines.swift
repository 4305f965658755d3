import AssayModel

/// A warning for each cell with actors that got no acknowledgement during measurement.
struct StarvedLines {
  /// Largest number of lines shown; the rest is in the result file.
  private static let limit = 4

  let result: RunResult
  let style: TerminalReport.Style

  /// The lines, in the order of the cells.
  var lines: [String] {
    let all = result.cells.compactMap(text)
    let limit = style.detail == .verbose ? Int.max : Self.limit
    guard all.count > limit else { return all.flatMap(\.self) }
    return all.prefix(limit).flatMap(\.self) + [
      "and \(all.count - limit) more cells with starved actors"
    ]
  }

  private func text(_ cell: CellResult) -> [String]? {
    let starved = cell.actors.filter { $0.isStarved == true }
    guard !starved.isEmpty else { return nil }
    let parts = ["writer", "reader"].compactMap { role -> String? in
      let count = Self.places(starved.filter { $0.role == role })
      guard count > 0 else { return nil }
      let all = Self.places(cell.actors.filter { $0.role == role })
      return "\(Figures.count(count)) of \(Figures.count(all, role))"
    }
    let place = cell.parameters.isEmpty ? "" : "\(cell.label): "
    let longest = starved.max { $0.longestWait < $1.longestWait }
    var wait = ""
    if let longest, longest.longestWait > 0 {
      let sign = longest.longestWaitIsLowerBound == true ? Figures.atLeast(style) : ""
      wait = "; the longest wait is \(sign)\(Figures.span(longest.longestWait))"
    }
    let text = "\(place)\(parts.joined(separator: " and ")) "
    return Prose.note(
      "starved", "33", text + "got no acknowledgement while measuring\(wait)", style)
  }

  /// Returns the number of actors over all repetitions, with incarnations counted once.
  private static func places(_ actors: [ActorResult]) -> Int {
    Set(actors.map { "\($0.repetition) \(CellResult.place($0.actor))" }).count
  }
}

extension Figures {
  /// Returns the prefix for a value that is a lower bound.
  static func atLeast(_ style: TerminalReport.Style) -> String { style.ascii ? ">= " : "≥ " }
}

extension LatencyResult {
  /// Returns a figure for tables: `2.20 s`, or `≥ 2.20 s` if an operation that had not ended
  /// determines it.
  ///
  /// - Parameter name: name in results: `p50`, `p99.9`, `max`.
  func text(_ value: UInt64?, _ name: String, _ style: TerminalReport.Style) -> String? {
    guard let value else { return nil }
    let isBound = lowerBounds?.contains(name) ?? false
    return (isBound ? Figures.atLeast(style) : "") + Figures.span(value)
  }
}
