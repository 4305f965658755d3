public import AssayModel

/// Result of the comparison of one workload.
public struct ComparisonResult: Hashable, Codable, Sendable {
  /// One entry per metric, in the plan's order.
  public var metrics: [MetricDecision]
  /// Number of pairs that ran.
  public var pairs: Int
  /// Number of looks.
  public var looks: Int
  /// Verdict on the machine's fitness for measurement.
  public var environment: EnvironmentVerdict
  /// Violated checks with their side.
  public var violations: [String]
  /// Reason for an early stop; `nil` without one.
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

  /// Returns the number of metrics with an outcome.
  public func count(_ outcome: SequentialRule.Outcome) -> Int {
    metrics.count { $0.outcome == outcome }
  }

  /// Exit statuses of the metrics, and of violations if there are any.
  public var statuses: [ExitStatus] {
    metrics.map { $0.outcome.exitStatus } + (violations.isEmpty ? [] : [.incorrect])
  }
}

extension SequentialRule.Outcome {
  /// Exit status of a metric with this outcome.
  public var exitStatus: ExitStatus {
    switch self {
    case .regression: .tooSlow
    case .improvement, .equivalent: .met
    case .inconclusive: .unknown
    case .environmentInvalid: .environment
    }
  }
}
