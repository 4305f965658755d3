public import AssayModel

/// What a comparison of one workload found.
public struct ComparisonResult: Hashable, Codable, Sendable {
  /// One entry a metric, in the plan's order.
  public var metrics: [MetricDecision]
  /// Number of pairs that ran.
  public var pairs: Int
  /// Number of looks.
  public var looks: Int
  /// Whether the machine was fit to tell.
  public var environment: EnvironmentVerdict
  /// Violated checks with their side.
  public var violations: [String]
  /// Why it was stopped early; `nil` when it was not.
  public var stopped: String?

  /// Creates a result.
  public init(
    metrics: [MetricDecision], pairs: Int, looks: Int, environment: EnvironmentVerdict = .init(),
    violations: [String] = [], stopped: String? = nil
  ) {
    self.metrics = metrics
    self.pairs = pairs
    self.looks = looks
    self.environment = environment
    self.violations = violations
    self.stopped = stopped
  }

  /// Number of metrics with an outcome.
  public func count(_ outcome: SequentialRule.Outcome) -> Int {
    metrics.count { $0.outcome == outcome }
  }

  /// What each part of it says of the exit code.
  public var statuses: [ExitStatus] {
    metrics.map { $0.outcome.exitStatus } + (violations.isEmpty ? [] : [.incorrect])
  }
}

extension SequentialRule.Outcome {
  /// What a metric with this outcome exits with.
  public var exitStatus: ExitStatus {
    switch self {
    case .regression: .tooSlow
    case .improvement, .equivalent: .met
    case .inconclusive: .unknown
    case .environmentInvalid: .environment
    }
  }
}
