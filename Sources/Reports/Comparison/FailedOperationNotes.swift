import AssayModel
import Gate

/// Notes on the failed operations of both sides of a comparison, with their numbers.
enum FailedOperationNotes {
  /// Returns one line for each side and operation with failures; empty if nothing failed.
  ///
  /// - Parameters:
  ///   - base: name of the base in the report; `head` is that of the head.
  static func of(_ pairs: [BlockPair], base: String, head: String) -> [String] {
    notes(of: pairs.map(\.base), base) + notes(of: pairs.map(\.head), head)
  }

  private static func notes(of blocks: [BlockMeasurement], _ name: String) -> [String] {
    var notes: [String] = []
    for (operation, attempts) in blocks.attempts.sorted(by: { $0.key < $1.key }) {
      if let line = line(attempts) { notes.append("\(name): \(operation): \(line)") }
    }
    return notes
  }

  private static func line(_ attempts: BlockAttempts) -> String? {
    let code = attempts.code.map { ", mostly with \($0)" } ?? ""
    if attempts.neverSucceeded {
      return Figures.count(attempts.errors, "attempt") + " failed, none succeeded" + code
    }
    guard attempts.failed > 0 else { return nil }
    let ended = attempts.failed + attempts.acknowledged
    return "\(Figures.count(attempts.failed)) of \(Figures.count(ended)) failed" + code
  }
}
