import AssayModel

/// One check that reads the final content and then the history, each once.
///
/// The content comes first, so that a checker of ten million events needs to remember only the
/// state of the keys that it found, never the events.
protocol EventChecker {
  /// Takes one row of the final content.
  mutating func see(_ row: ContentRow)

  /// True if the checker also needs the events of opening and closing connections.
  var seesConnections: Bool { get }

  /// Takes one event; events of one actor come in its order, those of different actors in no order.
  mutating func see(_ event: Event)

  /// Judges, after the last row and the last event.
  mutating func finish(content: ContentState) -> CheckResult
}

extension EventChecker {
  var seesConnections: Bool { false }
}

/// The readability of the final content.
enum ContentState: Equatable {
  case read
  /// It could not, for this reason.
  case missing(String)
  /// It could not, because SQLite reports that the file is damaged.
  case damaged(String)

  /// The reason why a check that needs the content is unknown; `nil` if it was read.
  var reason: String? {
    switch self {
    case .read: nil
    case .missing(let reason), .damaged(let reason): "the final content was not read: \(reason)"
    }
  }

  /// Turns a result that lacks the content into a violation if SQLite itself reports the database
  /// as damaged: whole transactions cannot have left such a state, and the acknowledged writes can
  /// no longer be read.
  func judge(_ result: CheckResult) -> CheckResult {
    guard case .damaged(let reason) = self, result.status == .unknown,
      [.durability, .atomicity, .invariants].contains(result.check)
    else { return result }
    return .violated(
      result.check, evidence: result.evidence,
      witness: ["SQLite cannot read the database, which is damaged: \(reason)"])
  }
}
