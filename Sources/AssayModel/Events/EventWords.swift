/// Layout of an event in a history: eight words, one cache line.
///
/// Word 0 is the state and is stored last: 0 in its low byte means that the slot is empty,
/// `invoked` that the call is under way, otherwise an `Event.Outcome`. Byte 1 is the kind, byte 2
/// the flags, the high half the code. Words 1 to 3 are intended, invoked and completed, words 4
/// to 7 the operation's.
public enum EventWords {
  /// State of a slot whose call is under way.
  public static let invokedState: UInt64 = 1
  private static let measuredFlag: UInt64 = 1 << 16
  private static let firstFlag: UInt64 = 1 << 17
  private static let finalFlag: UInt64 = 1 << 18

  /// Returns word 0 of an invocation.
  @inlinable
  public static func invocation(
    _ kind: OperationKind, isMeasured: Bool, isFirstAttempt: Bool
  ) -> UInt64 {
    1 | UInt64(kind.rawValue) << 8 | (isMeasured ? 1 << 16 : 0) | (isFirstAttempt ? 1 << 17 : 0)
  }

  /// Returns word 0 of a completion, from word 0 of the invocation.
  @inlinable
  public static func completion(
    of invocation: UInt64, outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> UInt64 {
    (invocation & ~0xff) | UInt64(outcome.rawValue) | (isFinal ? 1 << 18 : 0)
      | UInt64(UInt32(bitPattern: code)) << 32
  }

  /// Reads a slot.
  ///
  /// - Returns: `nil` if the slot is empty or holds a kind that this version does not know.
  public static func event(
    actor: ActorID, sequence: UInt64,
    words: (
      UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
    )
  ) -> Event? {
    let state = words.0
    guard let kind = OperationKind(rawValue: UInt8(truncatingIfNeeded: state >> 8)) else {
      return nil
    }
    let rawOutcome = UInt8(truncatingIfNeeded: state)
    let isUnderWay = UInt64(rawOutcome) == invokedState
    guard let outcome = isUnderWay ? .unknown : Event.Outcome(rawValue: rawOutcome) else {
      return nil
    }
    return Event(
      actor: actor, sequence: sequence,
      operation: WorkloadOperation(
        kind, subject: words.4, value: words.5, extra: words.6, detail: words.7),
      outcome: outcome,
      code: Int32(bitPattern: UInt32(truncatingIfNeeded: state >> 32)),
      isMeasured: state & measuredFlag != 0,
      isFirstAttempt: state & firstFlag != 0,
      isFinal: state & finalFlag != 0,
      intended: MonotonicTime(nanoseconds: words.1),
      invoked: MonotonicTime(nanoseconds: words.2),
      completed: isUnderWay ? nil : MonotonicTime(nanoseconds: words.3))
  }
}
