public import AssayModel
public import SQLiteDriver
import Synchronization

/// Statistics of a database since it was opened.
public struct DatabaseStatistics: Equatable, Sendable {
  /// Number of times a connection was lent (opening included) or a request entered the group queue.
  public var acquisitions: UInt64 = 0
  /// Number of those that had to wait.
  public var waits: UInt64 = 0
  /// Number of those that timed out while waiting.
  public var acquireTimeouts: UInt64 = 0
  /// Longest wait for a connection or, under group commit, until a follower's group ended.
  public var longestWait = Nanoseconds.zero
  /// Bodies and transactions that ended with BUSY.
  public var busyErrors: UInt64 = 0
  /// Transactions committed by `write`; a whole group counts once. `writeStatement` counts only
  /// as part of a group.
  public var commits: UInt64 = 0
  /// Requests in groups that have ended.
  public var groupedRequests: UInt64 = 0
  /// Largest number of requests in one group.
  public var largestGroup = 0
  /// Groups rolled back by one of their requests and rerun without it.
  public var groupReruns: UInt64 = 0
  /// Connections opened.
  public var opened: UInt64 = 0
  /// Connections closed because an error left them in doubt.
  public var discarded: UInt64 = 0
  /// Work of the connections between opening and closing: complete after `close`.
  public var work = ConnectionWork()

  /// Creates empty statistics.
  public init() {}
}

/// Counters that belong to no queue.
final class DatabaseCounters: Sendable {
  let busyErrors = Atomic<UInt64>(0)
  let commits = Atomic<UInt64>(0)
  let opened = Atomic<UInt64>(0)
  let discarded = Atomic<UInt64>(0)
  /// Connections whose opening has begun.
  let begun = Atomic<UInt64>(0)
  let work = Mutex(ConnectionWork())

  func count(_ error: StorageError) {
    if error.isBusy { busyErrors.add(1, ordering: .relaxed) }
  }
}
