public import AssayModel

/// How long the coordinator is patient. Tests shorten it.
public struct SupervisionLimits: Hashable, Sendable {
  /// How long workers may take to become ready.
  var readiness = Nanoseconds.seconds(30)
  /// How long actors may take to end after their time is over, in addition to their own timeouts.
  public var ending = Nanoseconds.seconds(20)
  /// Shortest jump of time that is reported.
  public var jump = TimeWatch.usualLimit

  /// Creates the usual limits.
  public init() {}
}
