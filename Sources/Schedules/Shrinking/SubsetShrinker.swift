/// Searches by trials for a small subset of some elements that is sufficient for a purpose.
///
/// A value: `next()` proposes a subset, the driver tries it and reports. Ends when no single
/// element can be left out (unless trials run out first). Leaves out ever smaller pieces, after
/// Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", without its trials
/// of one piece alone, which `guesses` replace.
public struct SubsetShrinker<Element: Sendable>: Sendable {
  /// The smallest subset known to be sufficient, in the order of the elements.
  public private(set) var smallest: [Element]
  /// Number of trials reported.
  public private(set) var trials = 0
  /// True if no single element can be left out, or the minimum is reached.
  public private(set) var isMinimal = false

  private let minimum: Int
  private let trialLimit: Int
  /// In reverse.
  private var guesses: [[Element]]
  private var pending: [Element]?
  private var start = 0
  private var piece: Int
  private var hasShrunk = false

  /// Starts with all elements, which are known to be enough.
  ///
  /// - Parameters:
  ///   - minimum: fewer elements are not tried.
  ///   - guesses: parts of the elements to try first, the best first; the first one that is enough
  ///     counts.
  ///   - trialLimit: the most trials.
  public init(
    _ elements: [Element], atLeast minimum: Int = 0, guesses: [[Element]] = [],
    trialLimit: Int = .max
  ) {
    smallest = elements
    self.minimum = minimum
    self.trialLimit = trialLimit
    self.guesses = guesses.reversed()
    piece = max(elements.count, 1)
  }

  /// Returns the subset to try; the same one until it is reported.
  ///
  /// - Returns: `nil` at the end.
  public mutating func next() -> [Element]? {
    if let pending { return pending }
    guard trials < trialLimit else { return nil }
    while let guess = guesses.popLast() {
      guard guess.count >= minimum, guess.count < smallest.count else { continue }
      guesses.append(guess)
      pending = guess
      return guess
    }
    pending = withoutPiece()
    return pending
  }

  /// Reports the trial of the last proposal of `next()`.
  ///
  /// - Parameters:
  ///   - isEnough: true if the subset was sufficient.
  ///   - used: the elements of it that were really needed, if the trial showed that.
  public mutating func report(isEnough: Bool, using used: [Element]? = nil) {
    guard let candidate = pending else { preconditionFailure("nothing was proposed") }
    pending = nil
    trials += 1
    let wasGuess = guesses.popLast() != nil
    if isEnough {
      smallest = used ?? candidate
      if wasGuess { guesses = [] } else { hasShrunk = true }
      if wasGuess || piece > smallest.count { piece = max(smallest.count, 1) }
    } else if !wasGuess {
      start += piece
    }
  }

  /// Returns the next candidate with one piece less.
  private mutating func withoutPiece() -> [Element]? {
    while !isMinimal {
      if start >= smallest.count {
        isMinimal = piece == 1 && !hasShrunk || smallest.count <= minimum
        piece = max(piece / 2, 1)
        start = 0
        hasShrunk = false
        continue
      }
      let end = min(start + piece, smallest.count)
      if smallest.count - (end - start) >= minimum {
        return Array(smallest[..<start] + smallest[end...])
      }
      start += piece
    }
    return nil
  }
}
