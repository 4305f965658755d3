/// How the highest rate was found at which a percentile of the response time holds.
public struct RateSearchResult: Codable, Equatable, Sendable {
  /// A rate that was tried.
  public struct Step: Codable, Equatable, Sendable {
    /// Operations a second that were to arrive.
    public var rate: Double
    /// The percentile, in nanoseconds; `nil` when too few operations were done for it.
    public var percentile: UInt64?
    /// Whether it stayed within the bound, without a backlog that grew.
    public var holds: Bool

    /// Creates a step.
    public init(rate: Double, percentile: UInt64?, holds: Bool) {
      self.rate = rate
      self.percentile = percentile
      self.holds = holds
    }
  }

  /// What was to hold.
  public var goal: RateGoal
  /// Operations a second in a closed loop, which bound the search.
  public var capacity: Double
  /// The highest rate that held; `nil` when none did.
  public var highest: Double?
  /// What was tried, in its order.
  public var steps: [Step]

  /// Creates a result.
  public init(goal: RateGoal, capacity: Double, highest: Double?, steps: [Step]) {
    self.goal = goal
    self.capacity = capacity
    self.highest = highest
    self.steps = steps
  }
}
