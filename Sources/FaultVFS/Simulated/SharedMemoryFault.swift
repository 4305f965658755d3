/// A header of the shared memory that says what cannot be, when the checkpoint lock was given back:
/// more frames of the write-ahead log are in the database than the log holds.
///
/// Such a log loses the transactions that come next: readers take their pages from the database,
/// where they are not yet. Source: SQLite's documentation, wal.html, section 11.
public struct SharedMemoryFault: Hashable, Codable, Sendable {
  /// Frames that are said to be in the database (`nBackfill`).
  public var checkpointed: Int
  /// Frames that the log holds (`mxFrame`).
  public var frames: Int
  /// The actor that gave the lock back; -1 for none.
  public var actor: Int
}
