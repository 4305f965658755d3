/// An impossible shared memory header at the release of the checkpoint lock: more frames of the
/// write-ahead log are marked as checkpointed than the log holds.
///
/// Such a log loses the transactions that follow: readers take their pages from the database, which
/// does not have them yet. Source: SQLite's documentation, wal.html, section 11.
public struct SharedMemoryFault: Hashable, Codable, Sendable {
  /// Frames marked as copied to the database (`nBackfill`).
  public var checkpointed: Int
  /// Frames in the log (`mxFrame`).
  public var frames: Int
  /// Actor that released the lock; -1 for none.
  public var actor: Int
}
