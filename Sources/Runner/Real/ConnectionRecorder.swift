import AssayModel
import AssayStorage
import Platform
import SQLiteDriver
import Synchronization

/// Writes the opening and closing of a process's connections into a history of its own, apart from
/// those of the actors: a connection is opened inside of an actor's operation, or before there are
/// actors.
///
/// All of them count, whenever they happen: a stampede of recoverers is over when measuring begins.
final class ConnectionRecorder: ConnectionObserver {
  private struct Attempt {
    var slot: HistorySlot
    var invocation: UInt64
  }

  private struct State {
    let writer: HistoryWriter
    var attempts: [UInt64: Attempt] = [:]
    var last: UInt64 = 0
    /// By connection: when its first attempt began.
    var begun: [UInt64: UInt64] = [:]
    var failures = 0
    var isClosed = false
  }

  private let state: Mutex<State>
  private let clock = SystemTime()

  /// Creates the history.
  ///
  /// - Throws: a harness error when it cannot be made.
  init(_ assignment: WorkerAssignment) throws(WorkerError) {
    let actor = ActorID.connections(
      process: assignment.process, incarnation: assignment.incarnation)
    do {
      let writer = try HistoryWriter(
        path: History.path(folder: assignment.historyFolder, actor: actor),
        metadata: HistoryMetadata(actor.packed), sizes: HistoryWriter.Sizes(first: 32 << 10))
      state = Mutex(State(writer: writer))
    } catch {
      throw WorkerError(
        .harness, "the history cannot be written: \(error); free some space or use --out")
    }
  }

  /// Attempts at opening that have failed so far.
  var failures: Int { state.withLock { $0.failures } }

  func began(_ step: ConnectionStep, connection: UInt64) -> UInt64 {
    state.withLock { state in
      guard !state.isClosed else { return 0 }
      let now = clock.monotonicNow().nanoseconds
      let isFirst = state.begun[connection] == nil
      let intended = state.begun[connection] ?? now
      state.begun[connection] = intended
      let invocation = EventWords.invocation(
        step.kind, isMeasured: true, isFirstAttempt: isFirst)
      do {
        let slot = try state.writer.append(
          invocation, intended, now, 0, connection, 0, 0, 0)
        state.last += 1
        state.attempts[state.last] = Attempt(slot: slot, invocation: invocation)
        return state.last
      } catch {
        WorkerMain.giveUp(
          .harness, "the history cannot be written: \(error); free some space or use --out")
      }
    }
  }

  func ended(
    _ attempt: UInt64, _ step: ConnectionStep, connection: UInt64, error: SQLiteError?,
    isFinal: Bool
  ) {
    let now = clock.monotonicNow().nanoseconds
    state.withLock { state in
      guard !state.isClosed, let found = state.attempts.removeValue(forKey: attempt) else { return }
      if isFinal { state.begun[connection] = nil }
      if error != nil, step == .open { state.failures += 1 }
      let final = EventWords.completion(
        of: found.invocation, outcome: error == nil ? .ok : .failed,
        code: error?.code.rawValue ?? 0, isFinal: isFinal)
      do {
        try state.writer.complete(found.slot, w0: final, w3: now)
      } catch {
        WorkerMain.giveUp(.harness, "the history cannot be written: \(error)")
      }
    }
  }

  /// Records an attempt at becoming ready that failed with the connection open.
  ///
  /// - Parameter start: when it began.
  func failed(since start: MonotonicTime, _ error: SQLiteError) {
    let now = clock.monotonicNow().nanoseconds
    let words = EventWords.completion(
      of: EventWords.invocation(.open, isMeasured: true, isFirstAttempt: true), outcome: .failed,
      code: error.code.rawValue, isFinal: true)
    state.withLock { state in
      guard !state.isClosed else { return }
      state.failures += 1
      let start = start.nanoseconds
      _ = try? state.writer.append(words, start, start, now, 0, 0, 0, 0)
    }
  }

  /// Ends the history, and cuts it to what it holds.
  func close() {
    state.withLock { state in
      state.isClosed = true
      // A history that could not be cut is longer, not wrong.
      try? state.writer.close()
    }
  }
}
