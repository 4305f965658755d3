/// One column of a table, with one text per row.
struct TableColumn {
  /// Head of the column; may have line breaks, and is also broken at `_` if it is wider than the
  /// texts.
  var head: String
  var texts: [String]
  /// ANSI colours of the texts; empty for none.
  var colours: [String] = []
  var isLeft = false
  /// Rank among the columns that are dropped from a table that is too wide, the highest first;
  /// `nil` for a column that always stays.
  var leaves: Int?

  /// True if the text of every row is empty.
  var isEmpty: Bool { texts.allSatisfy(\.isEmpty) }

  /// Width of the widest text or line of the head.
  var width: Int { (headLines + texts).map(\.count).max() ?? 0 }

  /// The head, broken at the `_` that makes it narrowest if it is wider than every text.
  var headLines: [String] {
    let lines = head.split(separator: "\n").map(String.init)
    let fixed = lines.filter { !$0.contains("_") }
    let width = (texts + fixed).map(\.count).max() ?? 0
    return lines.flatMap { Self.broken($0, wider: width) }
  }

  private static func broken(_ line: String, wider width: Int) -> [String] {
    guard line.count > width else { return [line] }
    let places = line.indices.filter { line[$0] == "_" }
    let halves = places.map { place in
      [String(line[..<place]), String(line[line.index(after: place)...])]
    }
    let best = halves.min { ($0.map(\.count).max() ?? 0) < ($1.map(\.count).max() ?? 0) }
    return best ?? [line]
  }
}

/// Layout of columns as lines of text within a width.
struct TableLayout {
  /// Columns, in order, without empty ones.
  let columns: [TableColumn]
  let style: TerminalReport.Style

  /// - Parameter columns: all columns; those that do not fit are dropped by their rank.
  init(_ columns: [TableColumn], style: TerminalReport.Style) {
    var columns = columns.filter { !$0.isEmpty }
    while Self.width(columns) > style.width {
      let ranks = columns.compactMap(\.leaves)
      guard let rank = ranks.max(), let last = columns.lastIndex(where: { $0.leaves == rank })
      else { break }
      columns.remove(at: last)
    }
    self.columns = columns
    self.style = style
  }

  /// The lines of the head, and one line per row.
  var lines: [String] {
    let heads = columns.map(\.headLines)
    let height = heads.map(\.count).max() ?? 0
    var lines = (0..<height).map { line in
      Self.trimmed(
        zip(columns, heads).map { column, head in
          // Short heads are aligned at the bottom, next to their texts.
          let index = line - (height - head.count)
          return Self.pad(index < 0 ? "" : head[index], column)
        }.joined(separator: "  "))
    }
    for row in 0..<(columns.first?.texts.count ?? 0) {
      let cells = columns.map { column in
        let padded = Self.pad(column.texts[row], column)
        return column.colours.isEmpty ? padded : Paint.paint(padded, column.colours[row], style)
      }
      lines.append(Self.trimmed(cells.joined(separator: "  ")))
    }
    return lines
  }

  /// Returns the total width of columns side by side.
  static func width(_ columns: [TableColumn]) -> Int {
    columns.map(\.width).reduce(0, +) + 2 * max(0, columns.count - 1)
  }

  private static func pad(_ text: String, _ column: TableColumn) -> String {
    let space = String(repeating: " ", count: max(0, column.width - text.count))
    return column.isLeft ? text + space : space + text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
