/// Finds the known word that a mistyped one was meant to be.
enum NearestWord {
  /// Longest word that is compared; keys are far shorter.
  private static let lengthLimit = 64

  /// Returns the word with the fewest edits, if these are few for its length.
  ///
  /// - Returns: `nil` if no word is similar; the first of several equally similar words.
  static func find(_ word: String, in known: [String]) -> String? {
    let letters = Array(word.lowercased().unicodeScalars.prefix(lengthLimit + 1))
    guard !letters.isEmpty, letters.count <= lengthLimit else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let other = Array(candidate.lowercased().unicodeScalars)
      let distance = distance(letters, other)
      let allowed = max(1, min(letters.count, other.count) / 3)
      if distance <= allowed, distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.word
  }

  /// Edits from one word to the other: insert, delete, replace, or swap of neighbours.
  ///
  /// Source: Damerau's distance in its restricted form (optimal string alignment).
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
