/// Number of a program's schedules that an enumeration has returned, and their total.
public struct ScheduleCoverage: Hashable, Sendable {
  /// Number returned, including the first run without preemptions.
  public var given: Int
  /// Number within the strategy's bounds; `nil` if it is unknown or undefined.
  public var total: Int?

  /// True if all schedules were returned.
  public var isExhaustive: Bool { given == total }

  /// Creates the coverage from its two numbers.
  public init(given: Int, total: Int?) {
    self.given = given
    self.total = total
  }
}
