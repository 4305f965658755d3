import AssayModel
import AssayStorage
import SQLiteDriver

/// The outcome of an attempt, and whether another one makes sense.
struct AttemptEnd {
  var outcome: Event.Outcome
  var code: Int32
  var mayRetry: Bool
  /// Wait before the next attempt or operation.
  var pause: Nanoseconds

  init(outcome: Event.Outcome, code: Int32, mayRetry: Bool, pause: Nanoseconds? = nil) {
    self.outcome = outcome
    self.code = code
    self.mayRetry = mayRetry
    self.pause = pause ?? (mayRetry ? pauseBeforeRetry : pauseAfterFailure)
  }
}

/// Pause before another attempt after SQLITE_BUSY.
///
/// Long enough that a retry loop does not eat the processor that the lock's holder needs, short
/// against any busy timeout.
let pauseBeforeRetry = Nanoseconds.milliseconds(1)

/// Pause after a failure that is not a matter of waiting, so that a broken database does not fill
/// the disk with failures.
let pauseAfterFailure = Nanoseconds.milliseconds(10)

/// Returns the consequence of a storage error for the attempt that met it.
///
/// - Parameters:
///   - error: `nil` for an error that is not from storage.
///   - kind: the attempted operation.
/// - Throws: `ActorStopped` if the error requires the actor to end.
func attemptEnd(
  of error: StorageError?, in kind: OperationKind
) throws(ActorStopped) -> AttemptEnd {
  guard let error else {
    return AttemptEnd(outcome: .unknown, code: HarnessCode.other, mayRetry: false)
  }
  switch error {
  case .stopped: throw ActorStopped()
  case .acquireTimedOut:
    return AttemptEnd(outcome: .failed, code: HarnessCode.acquireTimedOut, mayRetry: true)
  case .leaseLost:
    // The protected write itself needs no lease: it is refused only by the check of its token.
    let code = kind == .protectedWrite ? HarnessCode.fenced : HarnessCode.leaseLost
    return AttemptEnd(outcome: .failed, code: code, mayRetry: false)
  case .lockTimedOut:
    return AttemptEnd(outcome: .failed, code: HarnessCode.lockTimedOut, mayRetry: false)
  case .lockNotHeld:
    return AttemptEnd(outcome: .failed, code: HarnessCode.leaseLost, mayRetry: false)
  default: break
  }
  guard let sqlite = error.sqliteError else {
    return AttemptEnd(outcome: .failed, code: HarnessCode.other, mayRetry: false)
  }
  if error.outcomeIsUnknown {
    return AttemptEnd(outcome: .unknown, code: sqlite.code.rawValue, mayRetry: false)
  }
  // A violated constraint is an answer like any other.
  return AttemptEnd(
    outcome: .failed, code: sqlite.code.rawValue, mayRetry: sqlite.isBusy,
    pause: sqlite.isConstraint ? .zero : nil)
}

/// Makes attempts at one operation until it is acknowledged, fails for good, or the deadline has
/// passed; records each.
///
/// - Parameter attempt: does the work and returns the operation with the words of its answer.
func perform(
  _ operation: WorkloadOperation, _ recorder: any OperationRecorder, intended: MonotonicTime?,
  deadline: MonotonicTime, time: any TimeSource,
  _ attempt: () throws -> WorkloadOperation
) throws(ActorStopped) {
  recorder.begin(intended: intended)
  while true {
    recorder.invoke(operation)
    do {
      recorder.complete(try attempt(), .ok, code: 0, isFinal: true)
      return
    } catch is DeliberateRollback {
      recorder.complete(operation, .failed, code: HarnessCode.rolledBack, isFinal: true)
      return
    } catch {
      let failure = StorageError(error)
      let end = try attemptEnd(of: failure, in: operation.kind)
      recorder.explain(operation, code: end.code) {
        FirstFailure(operation, code: end.code, failure, error)
      }
      let retries =
        end.mayRetry && time.monotonicNow() + pauseBeforeRetry < deadline && !recorder.isOver
      recorder.complete(operation, end.outcome, code: end.code, isFinal: !retries)
      if end.pause > .zero { try time.sleep(for: end.pause) }
      guard retries else { return }
    }
  }
}

extension FirstFailure {
  /// Describes a failure by the message of SQLite or of storage.
  init(
    _ operation: WorkloadOperation, code: Int32, _ failure: StorageError?, _ error: any Error
  ) {
    let sqlite = failure?.sqliteError
    self.init(
      operation, code: code,
      message: sqlite?.message ?? failure.map { "\($0)" } ?? "\(error)", sql: sqlite?.sql)
  }
}
