/// One attempt of an operation: its invocation, and its completion if there was one.
///
/// The invocation is recorded *before* the call, in memory that survives the death of the process.
/// So an event without a completion means that the call was under way, and its effect is unknown.
public struct Event: Hashable, Sendable {
  /// Outcomes of an attempt.
  public enum Outcome: UInt8, Codable, Sendable {
    /// Acknowledged: for a write, COMMIT returned success.
    case ok = 2
    /// Certainly had no effect, such as SQLITE_BUSY at BEGIN.
    case failed = 3
    /// May or may not have taken effect.
    case unknown = 4
  }

  /// Actor that made the attempt.
  public var actor: ActorID
  /// Position among the actor's events, from 0.
  public var sequence: UInt64
  /// Operation that was requested, with the words of the answer once it is known.
  public var operation: WorkloadOperation
  /// Outcome; `unknown` if the actor died during the attempt.
  public var outcome: Outcome
  /// SQLite's extended result code of a failure, or one of `HarnessCode`; 0 for none.
  public var code: Int32
  /// True if the attempt counts in the figures (it began after the warm-up).
  public var isMeasured: Bool
  /// True for the first attempt of its operation.
  public var isFirstAttempt: Bool
  /// True if the operation ended with this attempt; otherwise the actor tries again.
  public var isFinal: Bool
  /// Intended start of the operation: its arrival in an open loop, otherwise its first attempt.
  public var intended: MonotonicTime
  /// Time at which this attempt began.
  public var invoked: MonotonicTime
  /// Time at which this attempt ended; `nil` if the actor died during it.
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
  /// Another owner holds the lock, and the deadline has passed.
  public static let lockTimedOut: Int32 = -3
  /// A protected write was refused because its fencing token is stale.
  public static let fenced: Int32 = -4
  /// The actor rolled back its own transaction, as its program says.
  public static let rolledBack: Int32 = -5
  /// Any other error of the storage layer.
  public static let other: Int32 = -99

  /// Returns the name used in results, or `nil` for a code of SQLite.
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
