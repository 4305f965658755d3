import AssayModel

/// One check that reads the final content and then the history, each once.
///
/// The content comes first, so that a checker of ten million events needs to remember only what
/// belongs to the keys that it found, never the events.
protocol EventChecker {
  /// Takes one row of the final content.
  mutating func see(_ row: ContentRow)

  /// Whether it wants to see connections being opened and closed as well.
  var seesConnections: Bool { get }

  /// Takes one event; those of one actor come in its order, between actors there is none.
  mutating func see(_ event: Event)

  /// Judges, after the last row and the last event.
  mutating func finish(content: ContentState) -> CheckResult
}

extension EventChecker {
  var seesConnections: Bool { false }
}

/// Whether the final content could be read.
enum ContentState: Equatable {
  case read
  /// It could not, for this reason.
  case missing(String)
  /// It could not, because SQLite says that the file is damaged.
  case damaged(String)

  /// The reason why a check that needs the content can't tell; `nil` when it was read.
  var reason: String? {
    switch self {
    case .read: nil
    case .missing(let reason), .damaged(let reason): "the final content was not read: \(reason)"
    }
  }

  /// Turns an answer that lacks the content into a violation where SQLite itself calls the
  /// database damaged: that is no state that whole transactions could have left, and nobody can
  /// read what was acknowledged.
  func judge(_ result: CheckResult) -> CheckResult {
    guard case .damaged(let reason) = self, result.status == .unknown,
      [.durability, .atomicity, .invariants].contains(result.check)
    else { return result }
    return .violated(
      result.check, evidence: result.evidence,
      witness: ["SQLite cannot read the database, which is damaged: \(reason)"])
  }
}
