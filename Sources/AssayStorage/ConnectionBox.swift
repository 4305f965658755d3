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

  init(_ options: ConnectionOptions, _ counters: DatabaseCounters) throws(StorageError) {
    do throws(SQLiteError) {
      connection = try Connection(options)
    } catch {
      throw StorageError(error)
    }
    self.counters = counters
    opening = connection.work
    counters.opened.add(1, ordering: .relaxed)
  }

  deinit {
    let work = connection.work - opening
    counters.work.withLock { $0 = $0 + work }
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
