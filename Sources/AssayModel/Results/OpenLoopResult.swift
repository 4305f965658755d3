/// What became of a rate that was asked for.
public struct OpenLoopResult: Codable, Equatable, Sendable {
  /// Operations a second that were to arrive.
  public var target: Double
  /// Acknowledged operations a second, until the last one that had arrived in time was done.
  public var achieved: Double
  /// How long after the end work went on that had arrived before it; the longest repetition.
  public var late: Nanoseconds
  /// The backlog grew: latencies then tell how long the run was, and not how the system is.
  public var isOverloaded: Bool

  /// How its rate was found; `nil` when it was given.
  public var search: RateSearchResult?

  /// Creates a result.
  public init(target: Double, achieved: Double, late: Nanoseconds, isOverloaded: Bool) {
    self.target = target
    self.achieved = achieved
    self.late = late
    self.isOverloaded = isOverloaded
  }
}
