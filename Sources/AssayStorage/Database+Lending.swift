public import AssayModel
public import SQLiteDriver
import Synchronization

/// The parts of reading and writing that do not depend on what a body returns: the generic
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
    let box: ConnectionBox
    do throws(StorageError) {
      box = try source.acquire(WaitLimit(deadline: deadline, timeout: configuration.acquireTimeout))
    } catch {
      // Opening a connection can find the database busy as well.
      counters.count(error)
      throw error
    }
    let limit = deadline ?? configuration.queryTimeout.map { environment.time.monotonicNow() + $0 }
    do {
      try box.connection.limited(until: limit, body)
      giveBack(box, to: source, after: nil)
    } catch {
      let known = StorageError(error)
      giveBack(box, to: source, after: known)
      if let known { counters.count(known) }
      throw known ?? error
    }
  }

  private func giveBack(
    _ box: ConnectionBox, to source: any ConnectionSource, after error: StorageError?
  ) {
    let isUsable = box.recover(from: error) || configuration.isInMemory
    if !isUsable { counters.discarded.add(1, ordering: .relaxed) }
    source.release(box, isUsable: isUsable)
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
