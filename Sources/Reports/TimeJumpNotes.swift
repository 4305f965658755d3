import AssayModel

/// Text about time jumps.
enum TimeJumpNotes {
  /// Returns one line for each cell with time jumps, about its longest one.
  static func lines(_ result: RunResult) -> [String] {
    result.cells.compactMap { cell in
      guard let jumps = cell.timeJumps, let longest = jumps.max(by: { $0.length < $1.length })
      else { return nil }
      let place = cell.parameters.isEmpty ? "" : "\(cell.label): "
      let count = jumps.count == 1 ? "time jumped" : "time jumped \(jumps.count) times"
      return "\(place)\(count): \(text(longest)); bounds on time are not judged"
    }
  }

  /// Returns the clause for the last line; `nil` if time did not jump.
  static func summary(_ cells: [CellResult]) -> String? {
    let jumped = cells.filter { $0.timeJumps != nil }
    guard !jumped.isEmpty else { return nil }
    return cells.count == 1
      ? "time jumped" : "time jumped in \(jumped.count) of \(Figures.count(cells.count, "cell"))"
  }

  private static func text(_ jump: TimeJumpResult) -> String {
    let what = jump.kind == .stopped ? "the harness was stopped" : "the machine was suspended"
    let place = jump.at < 0 ? "before measuring began" : "after measuring began"
    var text =
      "\(what) for \(Figures.span(jump.length)), \(Figures.span(jump.at.magnitude)) \(place)"
    if jump.completedMeanwhile > 0 {
      let operations = Figures.count(jump.completedMeanwhile, "operation")
      text += "; the workers ran on (\(operations) completed meanwhile)"
    } else if jump.kind == .stopped {
      text += "; no operation completed meanwhile"
    }
    guard jump.lastedThrough > 0 else { return text }
    let operations = Figures.count(jump.lastedThrough, "operation")
    return text + "; the latencies contain it: \(operations) lasted through it, the longest "
      + Figures.span(jump.longestThrough)
  }
}
