/// Where an actor says what it is about to do, and how that ended.
///
/// One recorder belongs to one actor, which has at most one call under way. Recording costs less
/// than 100 ns an operation and never allocates.
public protocol OperationRecorder: AnyObject {
  /// The newest time that was recorded, so that a closed loop needs no further clock call.
  var lastReading: MonotonicTime { get }

  /// Starts an operation, before its first attempt.
  ///
  /// - Parameter intended: its arrival in an open loop; `nil` means now.
  func begin(intended: MonotonicTime?)

  /// Records that an attempt is about to be made. Returns the time that was recorded.
  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime

  /// Records how the attempt ended, with the operation's words as they are known now.
  ///
  /// - Parameter isFinal: whether the operation has ended; otherwise another attempt follows.
  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime

  /// Takes what storage said of the attempt that is about to be completed as failed.
  ///
  /// - Parameter describe: called only when this operation has not failed with this code before.
  func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure)

  /// Whether the run is over before its time, so that no further attempt makes sense. Asked after
  /// failures only.
  var isOver: Bool { get }
}

extension OperationRecorder {
  /// Keeps nothing.
  public func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure
  ) {}

  /// Never, by itself.
  public var isOver: Bool { false }
}
