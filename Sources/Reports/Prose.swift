/// Text wrapped at words to the width of a terminal.
public enum Prose {
  /// Returns the lines of a paragraph, none wider than `width` unless a single word is.
  ///
  /// - Parameter indent: spaces before every line but the first.
  public static func lines(_ text: String, width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    var isEmpty = true
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    if !isEmpty { lines.append(line) }
    return lines
  }

  /// Returns a note over as many lines as it needs, with its first word coloured.
  static func note(
    _ word: String, _ colour: String, _ text: String, _ style: TerminalReport.Style
  ) -> [String] {
    var lines = lines("\(word) \(text)", width: style.width, indent: 2)
    lines[0] = Paint.paint(word, colour, style) + lines[0].dropFirst(word.count)
    return lines
  }

  /// Returns the parts as `a`, `a and b`, or `a, b and c`.
  static func list(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Returns the text as a sentence with an initial capital, unless it begins with a name such as
  /// `p99` or `integrity_check`.
  static func sentence(_ text: String) -> String {
    let word = text.prefix { $0 != " " }
    let isName = word.contains { $0 == "_" || $0 == "=" || $0.isNumber }
    return (isName ? text : text.prefix(1).uppercased() + text.dropFirst()) + "."
  }
}
