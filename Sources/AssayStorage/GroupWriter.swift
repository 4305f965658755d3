import AssayModel
import SQLiteDriver
import Synchronization

/// One caller's body on its way through a group.
final class GroupRequest: @unchecked Sendable {
  // Unchecked because the body is not Sendable: its caller waits until the leader is done with it,
  // and the queue's mutex orders the two.

  let isStatement: Bool
  let deadline: MonotonicTime?
  let timeout: Nanoseconds?
  private var body: ((inout Connection) throws -> Void)?

  init(
    isStatement: Bool, deadline: MonotonicTime?, timeout: Nanoseconds?,
    body: @escaping (inout Connection) throws -> Void
  ) {
    self.isStatement = isStatement
    self.deadline = deadline
    self.timeout = timeout
    self.body = body
  }

  /// Runs the body, converting SQLite's errors.
  ///
  /// Not inlined: the leader's reference to the body must end here, because the caller's frame,
  /// which the body uses, may end at any time after the result is delivered.
  @inline(never)
  func run(on connection: inout Connection, time: any TimeSource) throws {
    guard let body else { preconditionFailure("the request was given up") }
    let limit = deadline ?? timeout.map { time.monotonicNow() + $0 }
    do {
      try connection.limited(until: limit, body)
    } catch let error as SQLiteError {
      throw StorageError(error)
    }
  }

  /// Drops the body, which will not run again.
  func forget() { body = nil }
}

/// Runs groups of requests on the write connection.
final class GroupWriter: GroupExecutor {
  private static let savepoint = SQL("SAVEPOINT assay_request")
  private static let release = SQL("RELEASE assay_request")
  private static let rollbackTo = SQL("ROLLBACK TO assay_request")

  private let writer: WriteConnection
  private let counters: DatabaseCounters
  private let keepsConnection: Bool
  /// The connection while a leader has it. Only one actor leads; the mutex is for the compiler.
  private let current = Mutex<ConnectionBox?>(nil)

  init(writer: WriteConnection, counters: DatabaseCounters, keepsConnection: Bool) {
    self.writer = writer
    self.counters = counters
    self.keepsConnection = keepsConnection
  }

  func begin(until deadline: MonotonicTime?) throws(StorageError) {
    let box = try writer.acquire(WaitLimit(deadline: deadline, timeout: nil))
    do {
      try box.connection.limited(until: deadline) { try $0.begin(.immediate) }
    } catch {
      let known = StorageError(error) ?? .stopped
      giveBack(box, after: known)
      throw known
    }
    current.withLock { $0 = box }
  }

  func run(_ request: GroupRequest) -> GroupRunResult {
    let box = led
    let time = box.connection.options.time
    do {
      if request.isStatement {
        try request.run(on: &box.connection, time: time)
      } else {
        try runInSavepoint(request, box, time)
      }
      if !box.connection.isAutocommit { return .succeeded }
      return lost(box, StorageError.sqlite(.transactionEnded))
    } catch {
      return box.connection.isAutocommit ? lost(box, error) : .failed(error)
    }
  }

  func commit() -> GroupCommitResult {
    let box = led
    let result = box.connection.commitClassified()
    switch result {
    case .committed:
      counters.commits.add(1, ordering: .relaxed)
      giveUp(box, after: nil)
    case .refused(let error), .rejected(let error), .unknown(let error):
      giveUp(box, after: error)
    }
    return result
  }

  func rollBack() {
    giveUp(led, after: nil)
  }

  private var led: ConnectionBox {
    guard let box = current.withLock({ $0 }) else { preconditionFailure("no group is open") }
    return box
  }

  private func runInSavepoint(
    _ request: GroupRequest, _ box: ConnectionBox, _ time: any TimeSource
  ) throws {
    do {
      try box.connection.run(Self.savepoint)
      try request.run(on: &box.connection, time: time)
      if !box.connection.isAutocommit { try box.connection.run(Self.release) }
    } catch {
      guard !box.connection.isAutocommit else { throw error }
      do {
        try box.connection.run(Self.rollbackTo)
        try box.connection.run(Self.release)
      } catch _ {
        // Its changes can no longer be told from those of the other requests.
        try? box.connection.rollback()
      }
      throw error
    }
  }

  private func lost(_ box: ConnectionBox, _ error: any Error) -> GroupRunResult {
    giveUp(box, after: StorageError(error))
    return .lostTransaction(error)
  }

  private func giveUp(_ box: ConnectionBox, after error: StorageError?) {
    current.withLock { $0 = nil }
    giveBack(box, after: error)
  }

  private func giveBack(_ box: ConnectionBox, after error: StorageError?) {
    let isUsable = box.recover(from: error) || keepsConnection
    if !isUsable { counters.discarded.add(1, ordering: .relaxed) }
    writer.release(box, isUsable: isUsable)
  }
}
