import AssayModel
import Glibc
import Platform
import Statistics
import Synchronization

/// Writes an actor's events into mapped memory, and its latencies into histograms.
///
/// The clock is the host's monotonic one, or that of a side that works in turns; never the
/// process's own, which a fault may move.
///
/// Safe because `distributions` holds `OperationKind` raw values 0...largest from `init` to
/// `deinit`, and every index is the raw value of a kind. A pointer and not an array, because this
/// is the hot path of every measurement: no check of uniqueness or exclusivity for each value.
@safe
final class HistoryRecorder: OperationRecorder {
  /// What is measured of one kind of operation.
  private struct Distributions {
    var response = LatencyHistogram()
    /// Used in an open loop only: in a closed one it equals the response.
    var service = LatencyHistogram()
    var queue = LatencyHistogram()
  }

  private static let largestKind = Int(OperationKind.allCases.map(\.rawValue).max() ?? 0)

  private let writer: HistoryWriter
  private let clock = SystemTime()
  /// The clock of a side that works in turns.
  private let turns: TurnClock?
  private let measuredFrom: UInt64
  private let measuredUntil: UInt64
  private let commits: CommitCounter?
  private let isOpenLoop: Bool
  private let reports: FailureReports?
  private let hasEnded: @Sendable () -> Bool
  /// What this actor has reported, so that the next failure of the kind costs no lock.
  private var explained: [FirstFailure] = []
  private let distributions: UnsafeMutablePointer<Distributions?>

  private var slot: HistorySlot?
  private var state: UInt64 = 0
  private var intended: UInt64 = 0
  private var firstAttempt: UInt64 = 0
  private var isArrivalKnown = false
  private(set) var lastReading = MonotonicTime(nanoseconds: 0)

  /// - Parameters:
  ///   - commits: ends the process after so many acknowledged commits.
  ///   - reports: gets the first failures.
  ///   - hasEnded: whether the coordinator has ended the run; asked after failures.
  init(
    writer: HistoryWriter, measuredFrom: MonotonicTime, measuredUntil: MonotonicTime,
    isOpenLoop: Bool, expected: [OperationKind], commits: CommitCounter?, turns: TurnClock? = nil,
    reports: FailureReports? = nil, hasEnded: @escaping @Sendable () -> Bool = { false }
  ) {
    self.turns = turns
    self.reports = reports
    self.hasEnded = hasEnded
    self.writer = writer
    self.measuredFrom = measuredFrom.nanoseconds
    self.measuredUntil = measuredUntil.nanoseconds
    self.isOpenLoop = isOpenLoop
    self.commits = commits
    unsafe distributions = .allocate(capacity: Self.largestKind + 1)
    unsafe distributions.initialize(repeating: nil, count: Self.largestKind + 1)
    // Made before the first operation, so that none of them pays for the memory.
    for kind in expected { unsafe distributions[Int(kind.rawValue)] = Distributions() }
  }

  private func now() -> MonotonicTime {
    if let turns { turns.monotonicNow() } else { clock.monotonicNow() }
  }

  deinit {
    unsafe distributions.deinitialize(count: Self.largestKind + 1)
    unsafe distributions.deallocate()
  }

  func begin(intended: MonotonicTime?) {
    isArrivalKnown = intended != nil
    self.intended = intended?.nanoseconds ?? 0
    firstAttempt = 0
  }

  @discardableResult
  func invoke(_ operation: WorkloadOperation) -> MonotonicTime {
    let now = now()
    let isFirst = firstAttempt == 0
    if isFirst {
      firstAttempt = now.nanoseconds
      if !isArrivalKnown { intended = now.nanoseconds }
    }
    let isMeasured = intended >= measuredFrom && intended < measuredUntil
    state = EventWords.invocation(
      operation.kind, isMeasured: isMeasured, isFirstAttempt: isFirst)
    do {
      slot = try writer.append(
        state, intended, now.nanoseconds, 0, operation.subject, operation.value, operation.extra,
        operation.detail)
    } catch {
      WorkerMain.giveUp(
        .harness, "the history cannot be written: \(error); free some space or use --out")
    }
    lastReading = now
    return now
  }

  @discardableResult
  func complete(
    _ operation: WorkloadOperation, _ outcome: Event.Outcome, code: Int32, isFinal: Bool
  ) -> MonotonicTime {
    let now = now()
    lastReading = now
    guard let slot else { return now }
    let isCommit = outcome == .ok && operation.kind.isWrite
    if isCommit { commits?.claim() }
    let final = EventWords.completion(
      of: state, outcome: outcome, code: code, isFinal: isFinal)
    do {
      try writer.complete(
        slot, w0: final, w3: now.nanoseconds, w4: operation.subject, w5: operation.value,
        w6: operation.extra, w7: operation.detail)
    } catch {
      WorkerMain.giveUp(.harness, "the history cannot be written: \(error)")
    }
    self.slot = nil
    if outcome == .ok {
      if isFinal, intended >= measuredFrom, intended < measuredUntil {
        measure(operation.kind, end: now.nanoseconds)
      }
    }
    if isCommit { commits?.acknowledged() }
    return now
  }

  /// Failures of one actor that are told apart; more are only counted.
  private static let explainedLimit = 64

  func explain(
    _ operation: WorkloadOperation, code: Int32, _ describe: () -> FirstFailure
  ) {
    guard let reports, explained.count < Self.explainedLimit,
      !explained.contains(where: { $0.covers(operation, code: code) })
    else { return }
    let failure = describe()
    explained.append(failure)
    reports.add(failure)
  }

  var isOver: Bool { hasEnded() }

  private func measure(_ kind: OperationKind, end: UInt64) {
    let place = unsafe distributions + Int(kind.rawValue)
    if unsafe place.pointee == nil { unsafe place.pointee = Distributions() }
    unsafe place.pointee?.response.record(end - intended)
    guard isOpenLoop else { return }
    unsafe place.pointee?.service.record(end - firstAttempt)
    unsafe place.pointee?.queue.record(firstAttempt - min(firstAttempt, intended))
  }

  /// Makes the next file of the history in time, between two operations, in a process without a
  /// thread for that.
  func prepare() { writer.prepareIfNeeded() }

  /// Adds what was measured to `total`, by kind.
  func collect(into total: inout [OperationKind: OperationHistograms]) {
    for kind in OperationKind.allCases {
      guard let own = unsafe distributions[Int(kind.rawValue)], own.response.count > 0 else {
        continue
      }
      // Each walks over all buckets, which a process of many actors would feel.
      let response = own.response.counts
      let counts = OperationHistograms(
        kind: kind, response: response, service: isOpenLoop ? own.service.counts : response,
        queue: own.queue.counts)
      total[kind] = total[kind].map { $0.merged(with: counts) } ?? counts
    }
  }

  /// Cuts the last file to what it holds.
  func close() {
    // A history that could not be cut is longer, not wrong.
    try? writer.close()
  }
}

extension OperationHistograms {
  /// Both together.
  func merged(with other: OperationHistograms) -> OperationHistograms {
    OperationHistograms(
      kind: kind, response: response.merged(with: other.response),
      service: service.merged(with: other.service), queue: queue.merged(with: other.queue))
  }
}

/// Counts the acknowledged commits of a process and kills it after the Nth.
///
/// The process does it itself (decision 14 of the design): from outside the moment could not be
/// met. Between the Nth acknowledgement and the death the other actors still run: so each asks
/// first, and whoever comes too late never returns.
final class CommitCounter: Sendable {
  private let limit: Int
  private let claims = Atomic<Int>(0)
  private let acknowledgements = Atomic<Int>(0)

  /// - Parameter limit: the N; at least 1.
  init(limit: Int) {
    self.limit = limit
  }

  /// To be called before an acknowledgement is recorded.
  func claim() {
    guard claims.add(1, ordering: .acquiringAndReleasing).newValue > limit else { return }
    while true { pause() }
  }

  /// To be called after it was recorded.
  func acknowledged() {
    guard acknowledgements.add(1, ordering: .acquiringAndReleasing).newValue == limit else {
      return
    }
    kill(getpid(), SIGKILL)
  }
}
