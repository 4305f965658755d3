import AssayModel

/// How far `clock` faults have moved the clocks of a process.
struct ClockOffsets: Sendable {
  /// A century: many steps together must not leave the range of a span.
  private static let farthest: Int64 = 3_155_760_000_000_000_000

  /// Which clocks are off.
  private(set) var clocks: FaultSpecification.ClockChange.Clocks = .wall
  /// Constant part, from skews and steps, in nanoseconds.
  private var constant: Int64 = 0
  /// Rate error from `since` on.
  private var drift: Double = 0
  private var since = MonotonicTime(nanoseconds: 0)

  /// Moves the clocks from a time on; drifts replace each other, offsets add up.
  mutating func apply(_ change: FaultSpecification.ClockChange, at now: MonotonicTime) {
    let moved = offset(at: now) + change.skew.rawValue + change.step.rawValue
    constant = min(max(moved, -Self.farthest), Self.farthest)
    drift = change.drift
    since = now
    clocks = change.clocks
  }

  /// What is to be added to a true reading, in nanoseconds.
  func offset(at now: MonotonicTime) -> Int64 {
    drift == 0 ? constant : constant + Int64(drift * Double((now - since).rawValue))
  }
}
