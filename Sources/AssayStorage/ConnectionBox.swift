import AssayModel
import SQLiteDriver
import Synchronization

/// A connection handed from one user to the next.
final class ConnectionBox: @unchecked Sendable {
  // Unchecked because of the variable: the caller that took the box from its pool is its only user.

  var connection: Connection
  private let counters: DatabaseCounters
  /// Work of opening the connection, subtracted from the total so that pragmas do not change it.
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

  /// Returns true if the connection can be reused after `error`; rolls back any open transaction.
  func recover(from error: StorageError?) -> Bool {
    if !connection.isAutocommit { try? connection.rollback() }
    guard connection.isAutocommit else { return false }
    guard let code = error?.sqliteError?.code.primary else { return true }
    // The file or the cached state is in doubt; a fresh connection reads it again.
    return ![.ioError, .corrupt, .notADatabase, .cantOpen].contains(code)
  }
}
