public import AssayModel
public import SQLiteDriver
import Synchronization

/// What a database has done since it was opened.
public struct DatabaseStatistics: Equatable, Sendable {
  /// How often a connection was lent, the opening included, or a request entered the group queue.
  public var acquisitions: UInt64 = 0
  /// How many of those had to wait.
  public var waits: UInt64 = 0
  /// How many gave up waiting.
  public var acquireTimeouts: UInt64 = 0
  /// The longest wait for a connection or, under group commit, until a follower's group ended.
  public var longestWait = Nanoseconds.zero
  /// Bodies and transactions that ended with BUSY.
  public var busyErrors: UInt64 = 0
  /// Transactions committed by `write`; a whole group counts once, `writeStatement` otherwise not.
  public var commits: UInt64 = 0
  /// Requests that took part in groups that ended.
  public var groupedRequests: UInt64 = 0
  /// The most requests in one group.
  public var largestGroup = 0
  /// Groups that were rolled back by one of their requests and run again without it.
  public var groupReruns: UInt64 = 0
  /// Connections opened.
  public var opened: UInt64 = 0
  /// Connections closed because an error left them in doubt.
  public var discarded: UInt64 = 0
  /// What the connections did from their opening to their end: after `close`, all of them.
  public var work = ConnectionWork()

  /// Creates empty statistics.
  public init() {}
}

/// The counters that no queue keeps.
final class DatabaseCounters: Sendable {
  let busyErrors = Atomic<UInt64>(0)
  let commits = Atomic<UInt64>(0)
  let opened = Atomic<UInt64>(0)
  let discarded = Atomic<UInt64>(0)
  /// Connections that were begun to be opened.
  let begun = Atomic<UInt64>(0)
  let work = Mutex(ConnectionWork())

  func count(_ error: StorageError) {
    if error.isBusy { busyErrors.add(1, ordering: .relaxed) }
  }
}
