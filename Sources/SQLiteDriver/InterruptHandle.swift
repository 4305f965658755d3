import CSQLite
import Synchronization

/// Interrupts the queries of one connection from any thread.
///
/// It does not keep the connection open; after the connection is closed it does nothing.
@safe public final class InterruptHandle: Sendable {
  /// An address that may cross threads.
  ///
  /// Unchecked because it is only read under the lock that closing also takes, and
  /// `sqlite3_interrupt` may be called on any thread while the connection is open.
  @safe private struct Target: @unchecked Sendable {
    var database: OpaquePointer?
  }

  private let target: Mutex<Target>

  init(_ database: OpaquePointer) {
    target = unsafe Mutex(Target(database: database))
  }

  /// Interrupts the work that runs on the connection now, which ends with INTERRUPT at the next
  /// check.
  ///
  /// Statements that start later are not affected. A wait in a busy handler is not interrupted.
  ///
  /// - Returns: `false` if the connection is closed.
  /// Source: `sqlite3_interrupt`.
  @discardableResult
  public func interrupt() -> Bool {
    target.withLock { target in
      guard let database = unsafe target.database else { return false }
      unsafe sqlite3_interrupt(database)
      return true
    }
  }

  /// Called before the connection closes; its address is not used afterwards.
  func invalidate() {
    target.withLock { target in unsafe target.database = nil }
  }
}
