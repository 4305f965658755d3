/// Breakdown of the service time of operations: nanoseconds summed over all actors, while
/// measuring.
///
/// Known only where the file system layer measures time (`probe: times`), and only for processes
/// that lived to report. Reads through a memory map are not included: they make no call.
public struct ServiceTime: Codable, Equatable, Sendable {
  /// Sum over all operations of the time from the first attempt to the end, as far as it fell
  /// within measuring.
  public var total: UInt64
  /// Time spent taking locks, SQLite's own sleeps while it waits for them included.
  public var locking: UInt64
  /// Time spent in syncs.
  public var syncing: UInt64
  /// Time spent in all other calls of the file system layer.
  public var otherCalls: UInt64
  /// Remainder: SQLite's own work, waits for a connection, waits of a busy handler that is not
  /// SQLite's, pauses between attempts.
  public var rest: UInt64

  /// Creates a breakdown of `total`; the time not covered by the parts is the rest.
  ///
  /// Calls of an operation that died or of a background thread belong to no operation here: if the
  /// parts exceed the total, the rest is 0.
  public init(total: UInt64, locking: UInt64, syncing: UInt64, otherCalls: UInt64) {
    self.total = total
    self.locking = locking
    self.syncing = syncing
    self.otherCalls = otherCalls
    let parts = locking + syncing + otherCalls
    rest = total > parts ? total - parts : 0
  }
}
