/// How much of a program's schedules an enumeration has given out.
public struct ScheduleCoverage: Hashable, Sendable {
  /// How many, the first run without preemptions among them.
  public var given: Int
  /// How many there are within the strategy's bounds; `nil` where that is not known, or no number.
  public var total: Int?

  /// Whether that were all.
  public var isExhaustive: Bool { given == total }

  /// Describes what was covered.
  public init(given: Int, total: Int?) {
    self.given = given
    self.total = total
  }
}
