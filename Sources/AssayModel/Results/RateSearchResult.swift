/// Search for the highest rate at which a percentile of the response time holds.
public struct RateSearchResult: Codable, Equatable, Sendable {
  /// A rate that was tried.
  public struct Step: Codable, Equatable, Sendable {
    /// Offered rate in operations per second.
    public var rate: Double
    /// The percentile, in nanoseconds; `nil` if too few operations completed to compute it.
    public var percentile: UInt64?
    /// True if the percentile stayed within the bound and the backlog did not keep growing.
    public var holds: Bool

    /// Creates a step.
    public init(rate: Double, percentile: UInt64?, holds: Bool) {
      self.rate = rate
      self.percentile = percentile
      self.holds = holds
    }
  }

  /// Goal of the search: the percentile and its bound.
  public var goal: RateGoal
  /// Capacity: operations per second in a closed loop, the upper limit of the search.
  public var capacity: Double
  /// Highest rate that held; `nil` if none did.
  public var highest: Double?
  /// Rates tried, in order.
  public var steps: [Step]

  /// Creates a result.
  public init(goal: RateGoal, capacity: Double, highest: Double?, steps: [Step]) {
    self.goal = goal
    self.capacity = capacity
    self.highest = highest
    self.steps = steps
  }
}
