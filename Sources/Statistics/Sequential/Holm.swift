/// Multiple questions in one run: keeps the probability of any false finding at that of a single
/// question.
///
/// Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
/// Statistics 6 (1979). Under sequential looks: Maurer and Bretz, Statistics in Biopharmaceutical
/// Research 5 (2013): a question that was answered passes its share on to the open ones.
public enum Holm {
  /// Returns each probability adjusted for the number of questions; compare them with alpha.
  public static func adjusted(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    var adjusted = probabilities
    var largest = 0.0
    for (rank, place) in order.enumerated() {
      largest = max(largest, min(1, probabilities[place] * Double(order.count - rank)))
      adjusted[place] = largest
    }
    return adjusted
  }

  /// Returns the level for each question that is still open.
  ///
  /// - Parameters:
  ///   - alpha: of the whole run.
  ///   - questions: number of questions, at least 1.
  ///   - found: number of questions answered with a finding so far.
  public static func level(alpha: Double, questions: Int, found: Int) -> Double {
    precondition(questions > 0, "\(questions) questions")
    precondition((0...questions).contains(found), "\(found) findings of \(questions) questions")
    return alpha / Double(max(1, questions - found))
  }
}
