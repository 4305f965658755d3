public import SQLiteDriver

/// Observes every attempt to open a connection of a database, and its closing.
///
/// Calls come on the thread that opens or closes, possibly from several threads at the same time.
/// Time spent in the observer counts toward neither.
public protocol ConnectionObserver: AnyObject, Sendable {
  /// Called when an attempt begins.
  ///
  /// - Returns: a number chosen by the observer, which is passed to `ended`.
  func began(_ step: ConnectionStep, connection: UInt64) -> UInt64

  /// Called when the attempt with this number has ended.
  ///
  /// - Parameters:
  ///   - error: `nil` on success.
  ///   - isFinal: true if the step ends with this attempt; otherwise another attempt follows.
  func ended(
    _ attempt: UInt64, _ step: ConnectionStep, connection: UInt64, error: SQLiteError?,
    isFinal: Bool)
}

/// A step in the life of a connection.
public enum ConnectionStep: Hashable, Sendable {
  /// `sqlite3_open_v2`, all pragmas, and the first read of the file, which recovers a hot journal
  /// or a WAL left by a dead process.
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

  /// Reports that an attempt to open found the database busy and is retried.
  func retries(after error: SQLiteError) {
    ended(.open, error, isFinal: false)
    began(.open)
  }

  func ended(_ step: ConnectionStep, _ error: SQLiteError?, isFinal: Bool = true) {
    observer.ended(attempt, step, connection: connection, error: error, isFinal: isFinal)
  }
}
