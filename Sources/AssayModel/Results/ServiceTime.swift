/// What the time of operations went to: nanoseconds of all actors together, while measuring.
///
/// Known only where the file system layer measures time (`probe: times`), and only of processes
/// that lived to report. Without a memory map: pages read through one cost no call.
public struct ServiceTime: Codable, Equatable, Sendable {
  /// From the first attempt to the end of every operation, as far as that was measured time.
  public var total: UInt64
  /// Taking locks, and SQLite's own sleeps while it waits for them.
  public var locking: UInt64
  /// Syncs.
  public var syncing: UInt64
  /// All other calls of the file system layer.
  public var otherCalls: UInt64
  /// What is left: SQLite's own work, waits for a connection, waits of a busy handler that is not
  /// SQLite's, pauses between attempts.
  public var rest: UInt64

  /// Creates a split of `total`; what the parts leave is the rest.
  ///
  /// Calls of an operation that died or of a background thread have no operation here: where the
  /// parts are more than the whole, the rest is 0.
  public init(total: UInt64, locking: UInt64, syncing: UInt64, otherCalls: UInt64) {
    self.total = total
    self.locking = locking
    self.syncing = syncing
    self.otherCalls = otherCalls
    let parts = locking + syncing + otherCalls
    rest = total > parts ? total - parts : 0
  }
}
