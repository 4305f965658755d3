public import AssayModel
public import SQLiteDriver
import Synchronization

/// The parts of reading and writing that do not depend on a body's result type: the generic
/// functions around them are inlined into their callers, so that no call pays for metadata.
extension Database {
  /// Runs `run`, which must keep a value, and returns the last one that it kept.
  @inlinable
  static func result<T>(_ run: ((T) -> Void) throws -> Void) throws -> T {
    var value: T?
    try run { value = $0 }
    guard let value else { preconditionFailure("a body succeeded without having run") }
    return value
  }

  @usableFromInline
  func lendReader(
    _ deadline: MonotonicTime?, _ body: (inout Connection) throws -> Void
  ) throws {
    try lend(from: readers, deadline, body)
  }

  @usableFromInline
  func lendWriter(
    _ deadline: MonotonicTime?, _ body: (inout Connection) throws -> Void
  ) throws {
    switch writing {
    case .alone(let source): try lend(from: source, deadline, body)
    case .grouped(_, let writer): try lend(from: writer, deadline, body)
    }
  }

  @usableFromInline
  func transact(
    _ deadline: MonotonicTime?, _ begin: TransactionKind?,
    _ body: (inout Connection) throws -> Void
  ) throws {
    switch writing {
    case .alone(let source):
      let kind = begin ?? configuration.begin
      try lend(from: source, deadline) { connection in
        try connection.transact(kind, body)
        counters.commits.add(1, ordering: .relaxed)
      }
    case .grouped(let queue, _):
      try submit(to: queue, deadline, isStatement: false, body)
    }
  }

  @usableFromInline
  func runStatement(
    _ deadline: MonotonicTime?, _ body: (inout Connection) throws -> Void
  ) throws {
    switch writing {
    case .alone(let source):
      try lend(from: source, deadline) { connection in
        do {
          try body(&connection)
          counters.commits.add(1, ordering: .relaxed)
        } catch let error as SQLiteError where error.mayHideCommit {
          throw StorageError.commitOutcomeUnknown(error)
        }
      }
    case .grouped(let queue, _):
      try submit(to: queue, deadline, isStatement: true, body)
    }
  }

  private func lend(
    from source: any ConnectionSource, _ deadline: MonotonicTime?,
    _ body: (inout Connection) throws -> Void
  ) throws {
    let box = try take(from: source, deadline)
    do {
      if deadline == nil, configuration.queryTimeout == nil {
        try body(&box.connection)
      } else {
        try box.connection.limited(until: limit(deadline), body)
      }
    } catch {
      throw giveBack(box, to: source, after: error)
    }
    // A transaction left open by the body is the rare case, and closing it has its own function.
    let isClean = box.connection.isAutocommit || box.recover(from: nil)
    source.release(box, isUsable: isClean || configuration.isInMemory)
    if !isClean { counters.discarded.add(1, ordering: .relaxed) }
  }

  private func take(
    from source: any ConnectionSource, _ deadline: MonotonicTime?
  ) throws(StorageError) -> ConnectionBox {
    do throws(StorageError) {
      return try source.acquire(
        WaitLimit(deadline: deadline, timeout: configuration.acquireTimeout))
    } catch {
      // Opening a connection can find the database busy as well.
      counters.count(error)
      throw error
    }
  }

  /// Returns the time at which a body that begins now is interrupted.
  private func limit(_ deadline: MonotonicTime?) -> MonotonicTime? {
    deadline ?? configuration.queryTimeout.map { environment.time.monotonicNow() + $0 }
  }

  /// Returns the connection of a failed body to its source; returns the error to throw.
  @inline(never)
  private func giveBack(
    _ box: ConnectionBox, to source: any ConnectionSource, after error: any Error
  ) -> any Error {
    let known = StorageError(error)
    let isUsable = box.recover(from: known) || configuration.isInMemory
    if !isUsable { counters.discarded.add(1, ordering: .relaxed) }
    source.release(box, isUsable: isUsable)
    guard let known else { return error }
    counters.count(known)
    return known
  }

  private func submit(
    to queue: GroupQueue<GroupWriter>, _ deadline: MonotonicTime?, isStatement: Bool,
    _ body: (inout Connection) throws -> Void
  ) throws {
    let limit = WaitLimit(deadline: deadline, timeout: configuration.acquireTimeout)
    do {
      try withoutActuallyEscaping(body) { body in
        let request = GroupRequest(
          isStatement: isStatement, deadline: deadline, timeout: configuration.queryTimeout,
          body: body)
        defer { request.forget() }
        try queue.submit(request, limit)
      }
    } catch {
      let known = StorageError(error)
      if let known { counters.count(known) }
      throw known ?? error
    }
  }
}
