public import AssayModel

/// A run's result on the first screen of a terminal: a table with one row per cell, notes on unmet
/// expectations, and the headline as the last paragraph. No line is wider than the style's width.
public enum TerminalReport {
  /// Amount of text below the table.
  public enum Detail: Hashable, Sendable {
    /// As much as fits on one screen.
    case normal
    /// Every note, with its whole witness.
    case verbose
  }

  /// Appearance of the text.
  public struct Style: Hashable, Sendable {
    /// True to colour verdicts with ANSI sequences.
    public var colour: Bool
    /// True to use ASCII characters only.
    public var ascii: Bool
    /// Width of the output in columns; at least 40.
    public var width: Int
    /// Amount of text below the table.
    public var detail: Detail

    /// Creates a style; the defaults suit a file or a pipe.
    public init(
      colour: Bool = false, ascii: Bool = false, width: Int = 80, detail: Detail = .normal
    ) {
      self.colour = colour
      self.ascii = ascii
      self.width = width
      self.detail = detail
    }
  }

  /// Returns the report of one run, with a newline at the end.
  ///
  /// The text depends on the result and the style alone.
  public static func text(_ result: RunResult, style: Style = Style()) -> String {
    let width = style.width
    var lines = Prose.lines("\(result.scenario): \(result.question)", width: width)
      .map { Paint.bold($0, style) }
    lines += Prose.lines(place(result), width: width) + [""]
    lines += CellTable(result: result, style: style).lines
    let notes =
      Notes(result: result, style: style).lines + ErrorLines(result: result, style: style).lines
      + StarvedLines(result: result, style: style).lines
    if !notes.isEmpty { lines += [""] + notes }
    let headline = result.finding.isEmpty ? Headline.text(result) : result.finding
    lines += [""] + Prose.lines(headline, width: width).map { Paint.outcome($0, result, style) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func place(_ result: RunResult) -> String {
    let environment = result.environment
    let repetitions = result.cells.map(\.repetitions).max() ?? 1
    var parts = [
      "\(result.world.rawValue) world", "SQLite \(environment.sqliteVersion)",
      environment.fileSystem, Figures.count(environment.processors, "processor"),
      "seed \(result.seed)", Figures.span(result.elapsed.rawValue),
    ]
    if repetitions > 1 { parts.append("\(repetitions) repetitions") }
    if let operation = MainOperation.name(in: result.cells) {
      parts.append("latencies of \(operation)")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

/// ANSI colours, applied only if the style enables them.
enum Paint {
  static func bold(_ text: String, _ style: TerminalReport.Style) -> String {
    paint(text, "1", style)
  }

  static func paint(_ text: String, _ code: String, _ style: TerminalReport.Style) -> String {
    style.colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Paints the text green if everything is met, yellow if something is unknown, otherwise red.
  static func outcome(
    _ text: String, _ result: RunResult, _ style: TerminalReport.Style
  ) -> String {
    paint(text, result.exitCode == 0 ? "32" : result.exitCode == 4 ? "33" : "31", style)
  }
}
