import AssayModel

/// Appearance of a verdict in the table.
enum Mark {
  case met, missed, unknown, shown, notJudged

  init(_ verdict: Verdict) {
    switch (verdict.met, verdict.status) {
    case (true, .valid): self = .met
    case (true, .violated): self = .shown
    case (true, .unknown): self = .notJudged
    case (false, .unknown): self = .unknown
    case (false, _): self = .missed
    }
  }

  /// Word for the mark in tables and notes.
  var word: String {
    switch self {
    case .met: "ok"
    case .missed: "FAIL"
    case .unknown: "unknown"
    case .shown: "violated"
    case .notJudged: "-"
    }
  }

  /// The ANSI code of its colour.
  var colour: String {
    switch self {
    case .met: "32"
    case .missed: "31"
    case .unknown, .shown: "33"
    case .notJudged: "2"
    }
  }
}
