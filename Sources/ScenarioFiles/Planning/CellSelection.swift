import AssayModel

/// The cells that `--only` names: by an id, or by values of axes as ids and tables write them, such
/// as `locks.ttl=1s,locks.owner=new` or `ttl=1s owner=new`.
struct CellSelection {
  /// One axis and its value.
  private struct Part {
    /// The full path of the axis.
    var path: String
    var value: String
  }

  private let text: String
  private let cells: [PlannedCell]
  /// Values of the axes before options such as `--b` replaced them.
  private let declared: [String: [DecodingContext.AxisValue]]
  /// Settings that an option sets for all cells, regardless of the matrix.
  private let replaced: Set<String>

  init(
    _ text: String, among cells: [PlannedCell],
    declared: [String: [DecodingContext.AxisValue]], replaced: Set<String>
  ) {
    self.text = text
    self.cells = cells
    self.declared = declared
    self.replaced = replaced
  }

  /// Returns the selected cells, at least one.
  ///
  /// - Throws: if no cell matches; the error lists the cells of the matrix.
  func chosen() throws(ScenarioErrors) -> [PlannedCell] {
    let exact = cells.filter { $0.id == text }
    guard exact.isEmpty else { return exact }
    if let parts {
      let found = cells.filter { cell in parts.allSatisfy { holds($0, in: cell) } }
      if !found.isEmpty { return found }
    }
    let ids = cells.map(\.id)
    let shown = ids.prefix(12).joined(separator: " | ")
    let rest = ids.count > 12 ? " | and \(ids.count - 12) more" : ""
    throw ScenarioErrors(
      ScenarioError(
        code: .unknownCell, place: SourcePlace(file: "--only"), path: "", found: text.shortened,
        allowed: shown + rest, nearest: NearestWord.find(text, in: ids)))
  }

  /// The parts of the text; `nil` when one of them names no axis.
  private var parts: [Part]? {
    var parts: [Part] = []
    for word in words {
      let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, let path = axis(String(sides[0])) else { return nil }
      parts.append(Part(path: path, value: String(sides[1])))
    }
    return parts.isEmpty ? nil : parts
  }

  /// `a=1,b=2` as ids have it, `a=1 b=2` as tables do; a space inside of a value starts no word.
  private var words: [String] {
    text.split(separator: ",").flatMap { piece -> [String] in
      var words: [String] = []
      for word in piece.split(separator: " ") {
        if word.contains("=") || words.isEmpty {
          words.append(String(word))
        } else {
          words[words.count - 1] += " \(word)"
        }
      }
      return words
    }
  }

  /// Returns the axis of a full path, or of a last component that no other axis has.
  private func axis(_ name: String) -> String? {
    let paths = Set(cells.flatMap { $0.parameters.map(\.path) }).union(declared.keys)
    if paths.contains(name) { return name }
    let short = paths.filter { $0.split(separator: ".").last.map(String.init) == name }
    return short.count == 1 ? short.first : nil
  }

  private func holds(_ part: Part, in cell: PlannedCell) -> Bool {
    // The option decides the cell's value; the matrix decides which cell the name refers to.
    if replaced.contains(part.path), let values = declared[part.path] {
      return values.contains { isSame($0.text, part.value, part.path) }
    }
    return cell.parameters.contains {
      $0.path == part.path && isSame($0.value, part.value, part.path)
    }
  }

  private func isSame(_ one: String, _ other: String, _ path: String) -> Bool {
    if one == other { return true }
    guard let setting = SettingPaths.byPath[path], let left = setting.canonical(one) else {
      return false
    }
    return left == setting.canonical(other)
  }
}
