import AssayModel

/// Text for the progress of an interrupted run.
enum InterruptedRun {
  /// Returns text such as `interrupted: 1 of 4 cells ran (cut short)`.
  static func text(_ result: RunResult) -> String {
    let ran = result.cells.count
    guard let planned = result.plannedCells else { return "interrupted" }
    guard ran > 0 else { return "interrupted: none of \(Figures.count(planned, "cell")) ran" }
    var text = "interrupted: \(ran) of \(Figures.count(planned, "cell")) ran"
    let repetitions = result.cells.map(\.repetitions).reduce(0, +)
    let plannedRepetitions = planned * (result.plannedRepetitions ?? 1)
    var notes: [String] = []
    if plannedRepetitions > planned {
      notes.append("\(repetitions) of \(plannedRepetitions) repetitions")
    }
    let cut = result.cells.count { $0.isCutShort == true }
    if cut > 0 { notes.append(ran == 1 ? "cut short" : "the last one cut short") }
    if !notes.isEmpty { text += " (\(notes.joined(separator: ", ")))" }
    return text
  }

  /// Returns text for expectations that were all met as far as they were checked.
  static func met(_ count: Int) -> String {
    switch count {
    case 1: "the expectation checked so far is met"
    case 2: "both expectations checked so far are met"
    default: "all \(count) expectations checked so far are met"
    }
  }
}
