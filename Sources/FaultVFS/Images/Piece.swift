/// A part of an operation that a power loss may lose by itself: one sector of a write, or a change
/// of length.
struct Piece {
  /// Position of the operation in the log.
  var operation: Int32
  /// Which part of it, from 0.
  var part: Int32
  /// The file, by its number on the disk of images.
  var inode: Int32
  /// Where it begins, or the new length of a truncate.
  var offset: Int
  /// Number of bytes; -1 for a truncate.
  var count: Int
  /// Where its bytes begin within those of the operation.
  var start: Int

  var isTruncate: Bool { count < 0 }
}

/// A change of a name that no directory sync has made durable.
struct PendingName {
  /// Position of the operation in the log.
  var operation: Int32
  /// Number of the name on the disk of images.
  var name: Int32
  /// The file that the name leads to if the change survives; -1 for none.
  var inode: Int32
}
