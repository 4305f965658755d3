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
    var series: Series?
    var failures = 0
    var isClosed = false
  }

  /// Openings that are tried again and again until the process is ready: attempts of one operation.
  private struct Series {
    /// When the first attempt began.
    var intended: UInt64
    var attempts = 0
    /// The last failure: its slot, and its state if no further attempt follows.
    var last: (slot: HistorySlot, final: UInt64)?
  }

  private let state: Mutex<State>
  private let clock = SystemTime()
  private let reports: FailureReports

  /// Creates the history.
  ///
  /// - Parameter reports: gets the first failures.
  /// - Throws: a harness error when it cannot be made.
  init(_ assignment: WorkerAssignment, _ reports: FailureReports) throws(WorkerError) {
    self.reports = reports
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

  /// The process begins to open the database, and goes on until it can or gives up.
  func beginSeries() {
    let now = clock.monotonicNow().nanoseconds
    state.withLock { $0.series = Series(intended: now) }
  }

  /// The process is ready, or has given up.
  func endSeries() {
    state.withLock { state in
      if let last = state.series?.last, !state.isClosed {
        try? state.writer.complete(last.slot, w0: last.final)
      }
      state.series = nil
    }
  }

  func began(_ step: ConnectionStep, connection: UInt64) -> UInt64 {
    state.withLock { state in
      guard !state.isClosed else { return 0 }
      let now = clock.monotonicNow().nanoseconds
      let isFirst: Bool
      let intended: UInt64
      if step == .open, let series = state.series {
        (isFirst, intended) = (series.attempts == 0, series.intended)
        state.series?.attempts += 1
      } else {
        (isFirst, intended) = (state.begun[connection] == nil, state.begun[connection] ?? now)
        state.begun[connection] = intended
      }
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
      func words(isFinal: Bool) -> UInt64 {
        EventWords.completion(
          of: found.invocation, outcome: error == nil ? .ok : .failed,
          code: error?.code.rawValue ?? 0, isFinal: isFinal)
      }
      var goesOn = false
      if step == .open, state.series != nil {
        goesOn = error != nil
        if error == nil {
          // A further connection of the same process is an operation of its own.
          state.series = Series(intended: now)
        } else {
          state.series?.last = (found.slot, words(isFinal: true))
        }
      }
      do {
        try state.writer.complete(found.slot, w0: words(isFinal: isFinal && !goesOn), w3: now)
      } catch {
        WorkerMain.giveUp(.harness, "the history cannot be written: \(error)")
      }
    }
    if let error { report(error, step.kind) }
  }

  private func report(_ error: SQLiteError, _ kind: OperationKind) {
    reports.add(
      FirstFailure(
        WorkloadOperation(kind), code: error.code.rawValue, message: error.message,
        sql: error.sql))
  }

  /// Records an attempt at becoming ready that failed with the connection open.
  ///
  /// - Parameter start: when it began.
  func failed(since start: MonotonicTime, _ error: SQLiteError) {
    let now = clock.monotonicNow().nanoseconds
    state.withLock { state in
      guard !state.isClosed else { return }
      state.failures += 1
      let isFirst = state.series?.attempts ?? 0 == 0
      func words(isFinal: Bool) -> UInt64 {
        EventWords.completion(
          of: EventWords.invocation(.open, isMeasured: true, isFirstAttempt: isFirst),
          outcome: .failed, code: error.code.rawValue, isFinal: isFinal)
      }
      let slot = try? state.writer.append(
        words(isFinal: state.series == nil), state.series?.intended ?? start.nanoseconds,
        start.nanoseconds, now, 0, 0, 0, 0)
      state.series?.attempts += 1
      if let slot { state.series?.last = (slot, words(isFinal: true)) }
    }
    report(error, .open)
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
