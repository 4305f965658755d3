/// One attempt of an operation: its invocation, and its completion if there was one.
///
/// The invocation is recorded *before* the call, in memory that survives the death of the process.
/// So an event without completion means: the call was under way, and its effect is unknown.
public struct Event: Hashable, Sendable {
  /// How an attempt ended.
  public enum Outcome: UInt8, Codable, Sendable {
    /// Acknowledged: for a write, COMMIT returned success.
    case ok = 2
    /// Certainly without effect, such as SQLITE_BUSY at BEGIN.
    case failed = 3
    /// It may or may not have taken effect.
    case unknown = 4
  }

  /// Who did it.
  public var actor: ActorID
  /// Position among the actor's events, from 0.
  public var sequence: UInt64
  /// What was asked, with the words of the answer once it is known.
  public var operation: WorkloadOperation
  /// How it ended; `unknown` when the actor died in it.
  public var outcome: Outcome
  /// SQLite's extended result code of a failure, or one of `HarnessCode`; 0 for none.
  public var code: Int32
  /// Whether it counts in the figures (it began after the warm-up).
  public var isMeasured: Bool
  /// Whether it is the first attempt of its operation.
  public var isFirstAttempt: Bool
  /// Whether the operation ended with it; otherwise the actor tries again.
  public var isFinal: Bool
  /// When the operation should have begun: its arrival in an open loop, otherwise its first
  /// attempt.
  public var intended: MonotonicTime
  /// When this attempt began.
  public var invoked: MonotonicTime
  /// When it ended; `nil` when the actor died in it.
  public var completed: MonotonicTime?

  /// Creates an event.
  public init(
    actor: ActorID, sequence: UInt64, operation: WorkloadOperation, outcome: Outcome,
    code: Int32 = 0, isMeasured: Bool = true, isFirstAttempt: Bool = true, isFinal: Bool = true,
    intended: MonotonicTime, invoked: MonotonicTime, completed: MonotonicTime?
  ) {
    self.actor = actor
    self.sequence = sequence
    self.operation = operation
    self.outcome = outcome
    self.code = code
    self.isMeasured = isMeasured
    self.isFirstAttempt = isFirstAttempt
    self.isFinal = isFinal
    self.intended = intended
    self.invoked = invoked
    self.completed = completed
  }
}

/// Codes of failures that are not SQLite's; negative, so that they cannot collide with its codes.
public enum HarnessCode {
  /// No connection was free within the acquire timeout.
  public static let acquireTimedOut: Int32 = -1
  /// The lease was lost before the operation.
  public static let leaseLost: Int32 = -2
  /// The lock is held by somebody else and the deadline has passed.
  public static let lockTimedOut: Int32 = -3
  /// A protected write was refused because its fencing token is stale.
  public static let fenced: Int32 = -4
  /// The actor rolled its own transaction back, as its program says.
  public static let rolledBack: Int32 = -5
  /// Anything else that storage refused.
  public static let other: Int32 = -99

  /// The name in results, or `nil` for a code of SQLite.
  public static func name(of code: Int32) -> String? {
    switch code {
    case acquireTimedOut: "ACQUIRE_TIMED_OUT"
    case leaseLost: "LEASE_LOST"
    case lockTimedOut: "LOCK_TIMED_OUT"
    case fenced: "FENCED"
    case rolledBack: "ROLLED_BACK"
    case other: "OTHER"
    default: nil
    }
  }
}
