/// A part of an operation that a power loss may lose on its own: one sector of a write, or a change
/// of length.
struct Piece {
  /// Position of the operation in the log.
  var operation: Int32
  /// Number of the part, from 0.
  var part: Int32
  /// The file, by its number on the disk of images.
  var inode: Int32
  /// Offset in the file, or the new length of a truncate.
  var offset: Int
  /// Number of bytes; -1 for a truncate.
  var count: Int
  /// Offset of its bytes within those of the operation.
  var start: Int

  var isTruncate: Bool { count < 0 }
}

/// A name change that no directory sync has made durable.
struct PendingName {
  /// Position of the operation in the log.
  var operation: Int32
  /// Number of the name on the disk of images.
  var name: Int32
  /// File to which the name leads if the change survives; -1 for none.
  var inode: Int32
}
