import AssayModel

/// How connections were opened and closed in an exploration of schedules, as `explored{}` of a
/// result says. What the processes of a schedule do before it begins and after it has ended counts
/// as well.
enum ConnectionCounts {
  /// Connections that were opened.
  static let opens = "opens"
  /// Attempts to open a connection that failed, retried or not; by code with its name behind a dot.
  static let failed = "opens_failed"
  /// Connections that were closed.
  static let closes = "closes"

  /// Adds the events of a schedule.
  static func add(_ events: [Event], to counts: inout [String: UInt64]) {
    for event in events {
      switch (event.operation.kind, event.outcome) {
      case (.open, .ok): counts[opens, default: 0] += 1
      case (.open, .failed):
        counts[failed, default: 0] += 1
        counts["\(failed).\(Activity.name(of: event.code))", default: 0] += 1
      case (.close, .ok): counts[closes, default: 0] += 1
      default: break
      }
    }
  }
}
