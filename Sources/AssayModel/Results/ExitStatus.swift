/// Exit status of a command.
public enum ExitStatus: Int, CaseIterable, Sendable {
  /// All expectations met.
  case met = 0
  /// The harness itself failed, or its output could not be written.
  case harnessFailed = 1
  /// An expectation about correctness was not met, or a worker exited unexpectedly.
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

  /// Precedence when several statuses apply: the first of these is reported.
  public static let precedence: [ExitStatus] = [
    .interrupted, .usage, .harnessFailed, .incorrect, .environment, .tooSlow, .unknown, .met,
  ]

  /// Returns the status to report when several apply; `met` if none does.
  public static func first(of codes: some Sequence<ExitStatus>) -> ExitStatus {
    let present = Set(codes)
    return precedence.first { present.contains($0) } ?? .met
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
