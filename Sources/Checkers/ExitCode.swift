public import AssayModel

/// What a command exits with.
public enum ExitCode: Int, CaseIterable, Sendable {
  /// All expectations met.
  case met = 0
  /// The harness itself failed, or its output could not be written.
  case harnessFailed = 1
  /// An expectation about correctness was not met, or a worker died unasked.
  case incorrect = 2
  /// A bound on latency, throughput or recovery was not met.
  case tooSlow = 3
  /// Unknown or inconclusive.
  case unknown = 4
  /// The environment is invalid.
  case environment = 5
  /// The command line was wrong, or an input can't be read.
  case usage = 64
  /// Interrupted by the user.
  case interrupted = 130

  /// Which one is said when several apply, the first of these.
  public static let precedence: [ExitCode] = [
    .interrupted, .usage, .harnessFailed, .incorrect, .environment, .tooSlow, .unknown, .met,
  ]

  /// The one that is said when several apply; `met` when none does.
  public static func first(of codes: some Sequence<ExitCode>) -> ExitCode {
    let present = Set(codes)
    return precedence.first { present.contains($0) } ?? .met
  }

  /// What follows from a run's verdicts.
  ///
  /// - Parameters:
  ///   - verdicts: those of all cells.
  ///   - incidents: number of workers that died unasked.
  ///   - wasInterrupted: whether the user stopped the run.
  public static func of(
    verdicts: some Sequence<Verdict>, incidents: Int, wasInterrupted: Bool = false
  ) -> ExitCode {
    var codes = Set(verdicts.map(Self.of))
    if incidents > 0 { codes.insert(.incorrect) }
    if wasInterrupted { codes.insert(.interrupted) }
    return first(of: codes)
  }

  /// What follows from one verdict.
  ///
  /// A miss of a check about speed is `tooSlow`, unless a witness shows that safety was broken,
  /// such as a lease that was taken before it had ended.
  public static func of(_ verdict: Verdict) -> ExitCode {
    if verdict.met { return .met }
    if verdict.status == .unknown { return .unknown }
    return verdict.check.isAboutSpeed && verdict.witness.isEmpty ? .tooSlow : .incorrect
  }

  /// The word in `result.json`.
  public var outcome: String {
    switch self {
    case .met: "met"
    case .incorrect, .tooSlow: "not met"
    case .unknown: "unknown"
    case .interrupted: "interrupted"
    case .harnessFailed, .environment, .usage: "failed"
    }
  }
}
