import AssayModel
import SQLiteDriver
import Synchronization

/// A connection that changes hands.
final class ConnectionBox: @unchecked Sendable {
  // Unchecked because of the variable: whoever took the box from its pool is its only user.

  var connection: Connection
  private let counters: DatabaseCounters
  /// What opening took: another pragma is no other work.
  private let opening: ConnectionWork
  private let attempts: ConnectionAttempts?

  init(
    _ options: ConnectionOptions, _ counters: DatabaseCounters,
    _ observer: (any ConnectionObserver)? = nil
  ) throws(StorageError) {
    let number = counters.begun.add(1, ordering: .relaxed).newValue
    let attempts = observer.map { ConnectionAttempts($0, connection: number) }
    var options = options
    if let attempts { options.retried = { attempts.retries(after: $0) } }
    attempts?.began(.open)
    do throws(SQLiteError) {
      connection = try Connection(options)
    } catch {
      attempts?.ended(.open, error)
      throw StorageError(error)
    }
    attempts?.ended(.open, nil)
    self.attempts = attempts
    self.counters = counters
    opening = connection.work
    counters.opened.add(1, ordering: .relaxed)
  }

  deinit {
    let work = connection.work - opening
    counters.work.withLock { $0 = $0 + work }
    attempts?.began(.close)
    let error = connection.end()
    attempts?.ended(.close, error)
  }

  /// Whether the connection is good for another user after `error`; ends what it left open.
  func recover(from error: StorageError?) -> Bool {
    if !connection.isAutocommit { try? connection.rollback() }
    guard connection.isAutocommit else { return false }
    guard let code = error?.sqliteError?.code.primary else { return true }
    // Its file or what it remembers of it is in doubt; a fresh connection looks again.
    return ![.ioError, .corrupt, .notADatabase, .cantOpen].contains(code)
  }
}
