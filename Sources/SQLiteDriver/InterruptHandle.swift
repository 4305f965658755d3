import CSQLite
import Synchronization

/// Interrupts the queries of one connection from any thread.
///
/// It does not keep the connection open; after the connection is closed it does nothing.
@safe public final class InterruptHandle: Sendable {
  /// An address that may cross threads.
  ///
  /// Unchecked because it is only read under the lock that closing takes too, and
  /// `sqlite3_interrupt` may be called on any thread while the connection is open.
  @safe private struct Target: @unchecked Sendable {
    var database: OpaquePointer?
  }

  private let target: Mutex<Target>

  init(_ database: OpaquePointer) {
    target = unsafe Mutex(Target(database: database))
  }

  /// Makes what runs on the connection now end with INTERRUPT at its next chance.
  ///
  /// Statements that start later are not affected. A wait in a busy handler is not ended by it.
  ///
  /// - Returns: `false` when the connection is closed.
  /// Source: `sqlite3_interrupt`.
  @discardableResult
  public func interrupt() -> Bool {
    target.withLock { target in
      guard let database = unsafe target.database else { return false }
      unsafe sqlite3_interrupt(database)
      return true
    }
  }

  /// Called before the connection closes; afterwards nobody uses its address.
  func invalidate() {
    target.withLock { target in unsafe target.database = nil }
  }
}
