import AssayModel

/// Says which operations of the two sides of a comparison failed, and how many.
enum FailedOperationNotes {
  /// A line for each side and operation with failures; none when nothing failed.
  ///
  /// - Parameters:
  ///   - base: what the report calls the base, and `head` the head.
  static func of(_ pairs: [BlockPair], base: String, head: String) -> [String] {
    [(base, pairs.map(\.base)), (head, pairs.map(\.head))].flatMap { name, blocks in
      blocks.attempts.sorted { $0.key < $1.key }.compactMap { operation, attempts in
        line(attempts).map { "\(name): \(operation): \($0)" }
      }
    }
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
