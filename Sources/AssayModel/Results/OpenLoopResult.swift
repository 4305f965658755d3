/// Outcome of an open loop: the target rate and the rate achieved.
public struct OpenLoopResult: Codable, Equatable, Sendable {
  /// Offered rate in operations per second.
  public var target: Double
  /// Acknowledged operations per second, up to the completion of the last operation that arrived
  /// before the end.
  public var achieved: Double
  /// Time after the end until the work that arrived before it was done; the maximum over the
  /// repetitions.
  public var late: Nanoseconds
  /// True if the backlog kept growing: latencies then reflect the length of the run and not the
  /// system.
  public var isOverloaded: Bool

  /// Search that found the rate; `nil` if the rate was given.
  public var search: RateSearchResult?

  /// Creates a result.
  public init(target: Double, achieved: Double, late: Nanoseconds, isOverloaded: Bool) {
    self.target = target
    self.achieved = achieved
    self.late = late
    self.isOverloaded = isOverloaded
  }
}
