/// The columns of a lane diagram: a mark, a lane for each actor, and the state of the log.
struct LaneTable {
  /// Up to three lanes fit into this.
  private static let width = 120
  /// The mark in front and the log at the end, each with a space.
  private static let edges = 10
  private static let separator = " | "

  private let laneWidth: Int

  init(lanes: Int) {
    let free = Self.width - Self.edges - Self.separator.count * lanes
    laneWidth = min(48, max(26, free / max(1, lanes)))
  }

  /// A row as one line, or as several where a cell is wider than its lane.
  func lines(_ mark: String, _ cells: [String], _ end: String) -> [String] {
    let parts = cells.map(wrapped)
    return (0..<(parts.map(\.count).max() ?? 0)).map { number in
      let isFirst = number == 0
      return line(
        isFirst ? mark : " ", parts.map { number < $0.count ? $0[number] : "" },
        isFirst ? end : "")
    }
  }

  /// Breaks a text between words where it is wider than a lane.
  private func wrapped(_ text: String) -> [String] {
    var parts: [String] = []
    for word in text.split(separator: " ") {
      if let last = parts.last, last.count + 1 + word.count <= laneWidth {
        parts[parts.count - 1] = "\(last) \(word)"
      } else {
        parts.append(parts.isEmpty ? String(word) : "  \(word)")
      }
    }
    return parts
  }

  private func line(_ mark: String, _ cells: [String], _ end: String) -> String {
    let padded = cells.map { cell in
      cell.count > laneWidth
        ? "\(cell.prefix(laneWidth - 1))~"
        : cell + String(repeating: " ", count: laneWidth - cell.count)
    }
    var line = "\(mark) \(padded.joined(separator: " | ")) | \(end)"
    while line.last == " " { line.removeLast() }
    return line
  }
}
