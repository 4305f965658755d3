public import SQLiteDriver

/// Told of every attempt to open a connection of a database, and of its closing.
///
/// Calls come on the thread that opens or closes, and from several threads at the same time. What
/// the observer does counts as time of neither.
public protocol ConnectionObserver: AnyObject, Sendable {
  /// An attempt begins.
  ///
  /// - Returns: a number of the observer's, which comes back in `ended`.
  func began(_ step: ConnectionStep, connection: UInt64) -> UInt64

  /// The attempt with this number has ended.
  ///
  /// - Parameters:
  ///   - error: `nil` when it succeeded.
  ///   - isFinal: whether the step ends with it; otherwise another attempt follows.
  func ended(
    _ attempt: UInt64, _ step: ConnectionStep, connection: UInt64, error: SQLiteError?,
    isFinal: Bool)
}

/// What happens to a connection.
public enum ConnectionStep: Hashable, Sendable {
  /// `sqlite3_open_v2`, all pragmas, and the first reading of the file, which recovers a hot
  /// journal or a WAL that a dead process left.
  case open
  /// `sqlite3_close`, which checkpoints the WAL if no other connection has it open.
  case close
}

/// Follows one connection for an observer.
///
/// Unchecked sendability is safe because the thread that opens or closes the connection is the only
/// one that uses it.
final class ConnectionAttempts: @unchecked Sendable {
  // Unchecked because of `attempt`; see above.

  private let observer: any ConnectionObserver
  private let connection: UInt64
  private var attempt: UInt64 = 0

  init(_ observer: any ConnectionObserver, connection: UInt64) {
    self.observer = observer
    self.connection = connection
  }

  func began(_ step: ConnectionStep) { attempt = observer.began(step, connection: connection) }

  /// An attempt at opening found the database busy and is made again.
  func retries(after error: SQLiteError) {
    ended(.open, error, isFinal: false)
    began(.open)
  }

  func ended(_ step: ConnectionStep, _ error: SQLiteError?, isFinal: Bool = true) {
    observer.ended(attempt, step, connection: connection, error: error, isFinal: isFinal)
  }
}
