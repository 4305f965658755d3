public import AssayModel

/// Decision of a gate: metrics of all workloads, counts, correctness and environment combined.
public struct GateDecision: Hashable, Codable, Sendable {
  /// Decision about one workload.
  public struct Workload: Hashable, Codable, Sendable {
    /// Its name.
    public var name: String
    /// Comparison of the times; `nil` if only counts were compared.
    public var comparison: ComparisonResult?
    /// Comparisons of the counts, by name; empty if none were compared.
    public var counts: [CountComparison]
    /// Violated checks of the counted runs.
    public var violations: [String]

    /// Creates a workload's part.
    public init(
      name: String, comparison: ComparisonResult? = nil, counts: [CountComparison] = [],
      violations: [String] = []
    ) {
      self.name = name
      self.comparison = comparison
      self.counts = counts
      self.violations = violations
    }

    /// Exit statuses of the parts of the workload. A workload without any comparison is unknown.
    public var statuses: [ExitStatus] {
      let parts = (comparison?.statuses ?? []) + counts.map(\.outcome.exitStatus)
      let broken: [ExitStatus] = violations.isEmpty ? [] : [.incorrect]
      return parts.isEmpty && broken.isEmpty ? [.unknown] : parts + broken
    }
  }

  /// Reason why times could not be compared at all.
  public enum TimesMissing: Hashable, Codable, Sendable {
    /// The user asked for counts only: no failure.
    case notAsked
    /// There is no baseline, or it was recorded on another machine; holds the reason.
    case noBaseline(String)
  }

  /// One entry per workload.
  public var workloads: [Workload]
  /// Reason why times were not compared; `nil` if they were.
  public var timesMissing: TimesMissing?
  /// True if the user interrupted the gate.
  public var wasInterrupted: Bool

  /// Creates a decision.
  public init(
    workloads: [Workload], timesMissing: TimesMissing? = nil, wasInterrupted: Bool = false
  ) {
    self.workloads = workloads
    self.timesMissing = timesMissing
    self.wasInterrupted = wasInterrupted
  }

  /// Exit status of the gate: the first that applies of 130, 64, 1, 2, 5, 3, 4, 0. A gate without
  /// workloads is unknown.
  public var status: ExitStatus {
    var codes = workloads.flatMap(\.statuses)
    if workloads.isEmpty { codes.append(.unknown) }
    if case .noBaseline = timesMissing { codes.append(.environment) }
    if wasInterrupted { codes.append(.interrupted) }
    return ExitStatus.first(of: codes)
  }

  /// The decision in one sentence, with its cause.
  public var sentence: String {
    if let violation = violation { return "Correctness is violated: \(violation)" }
    switch status {
    case .interrupted: return "Interrupted; what was measured so far is kept"
    case .environment: return "Invalid environment: \(environmentReason)"
    case .tooSlow: return "Regression: \(causes(.tooSlow).joined(separator: "; "))"
    case .unknown: return "Inconclusive: \(causes(.unknown).joined(separator: "; "))"
    case .met, .usage, .harnessFailed, .incorrect: return "No regression\(improvements)"
    }
  }

  private var violation: String? {
    for workload in workloads {
      let all = workload.violations + (workload.comparison?.violations ?? [])
      if let first = all.first { return "\(workload.name): \(first)" }
    }
    return nil
  }

  private var environmentReason: String {
    if case .noBaseline(let reason) = timesMissing { return reason }
    let reasons = workloads.compactMap(\.comparison).flatMap(\.environment.reasons)
    return reasons.first ?? causes(.environment).first ?? "the machine was not fit to tell"
  }

  /// Returns the causes of a status, one sentence each.
  private func causes(_ status: ExitStatus) -> [String] {
    if workloads.isEmpty { return ["nothing was compared"] }
    return workloads.flatMap { workload -> [String] in
      let metrics = (workload.comparison?.metrics ?? [])
        .filter { $0.outcome.exitStatus == status }
        .map { "\(workload.name), \($0.rule.metric): \($0.reason)" }
      let counts = workload.countReasons { $0.exitStatus == status }
      let nothing = workload.statuses == [.unknown] && metrics.isEmpty && counts.isEmpty
      return metrics + counts
        + (nothing && status == .unknown ? ["\(workload.name): nothing was compared"] : [])
    }
  }

  private var improvements: String {
    let found = workloads.flatMap { workload in
      (workload.comparison?.metrics ?? []).filter { $0.outcome == .improvement }
        .map { "\(workload.name), \($0.rule.metric): \($0.reason)" }
        + workload.countReasons { $0 == .decreased }
    }
    return found.isEmpty ? "" : "; improved: \(found.joined(separator: "; "))"
  }
}

extension GateDecision.Workload {
  /// Number of counts that are named; one cause often changes a dozen counts, so the most costly
  /// are named and the others counted.
  private static let namedCounts = 2

  /// Returns the reasons for such an outcome of counts, the most costly first; one sentence each.
  public func countReasons(_ isWanted: (CountComparison.Outcome) -> Bool) -> [String] {
    let found = counts.filter { isWanted($0.outcome) }
    let syncs = found.filter {
      $0.name.utf8.split(separator: 0x2e).contains { $0.elementsEqual("sync".utf8) }
    }
    let ordered = syncs + found.filter { count in !syncs.contains { $0.name == count.name } }
    let named = ordered.prefix(Self.namedCounts).map { count in
      // A reason that begins with the name does not need it twice.
      count.reason.utf8.starts(with: count.name.utf8)
        ? "\(name), \(count.reason)" : "\(name), \(count.name): \(count.reason)"
    }
    let others = ordered.count - named.count
    return named + (others > 0 ? ["\(name), \(others) more of its counts"] : [])
  }
}
