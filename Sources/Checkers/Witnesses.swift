/// The facts that show a violation: the first few in words, the rest as a number.
struct Witnesses {
  /// Lines that are kept; a reader needs a few, not a hundred thousand.
  static let limit = 5

  private(set) var lines: [String] = []
  private(set) var total = 0

  /// Adds a fact; its words are made only while there is room.
  mutating func add(_ line: @autoclosure () -> String) {
    total += 1
    if lines.count < Self.limit { lines.append(line()) }
  }

  /// Adds facts that need not be listed one by one.
  mutating func add(unnamed count: Int) {
    total += count
  }

  var isEmpty: Bool { total == 0 }

  /// The kept lines and, if some were left out, a line with their number.
  var summary: [String] {
    total > lines.count ? lines + ["and \(Words.grouped(total - lines.count)) more"] : lines
  }
}
