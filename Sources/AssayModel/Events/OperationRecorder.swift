/// Records the operations of an actor: each attempt before it is made, and its outcome.
///
/// One recorder belongs to one actor, which has at most one call under way. Recording costs less
/// than 100 ns per operation and never allocates.
public protocol OperationRecorder: AnyObject {
  /// Latest time recorded, so that a closed loop needs no further clock call.
  var lastReading: MonotonicTime { get }

  /// Starts an operation, before its first attempt.
  ///
  /// - Parameter intended: arrival of the operation in an open loop; `nil` means now.
  func begin(intended: MonotonicTime?)

  /// Records that an attempt is about to be made. Returns the recorded time.
  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime

  /// Records the outcome of the attempt, with the operation's words as known now.
  ///
  /// - Parameter isFinal: true if the operation has ended; otherwise another attempt follows.
  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime

  /// Takes the storage layer's description of the attempt that is about to be completed as failed.
  ///
  /// - Parameter describe: called only if this operation has not failed with this code before.
  func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure)

  /// True if the run has ended early, so that no further attempt makes sense. Read only after
  /// failures.
  var isOver: Bool { get }
}

extension OperationRecorder {
  /// Discards the description.
  public func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure
  ) {}

  /// False unless the recorder implements it.
  public var isOver: Bool { false }
}
