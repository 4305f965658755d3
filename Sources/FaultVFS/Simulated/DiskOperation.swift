public import AssayModel

/// One entry of a simulated disk's log: an operation that reached the operating system, in order.
public struct DiskOperation: Hashable, Sendable {
  /// Kind of operation.
  public enum Kind: UInt8, Sendable {
    /// Bytes were written: `offset`, `count`.
    case write
    /// The length was set to `offset`.
    case truncate
    /// The file was synced.
    case sync
    /// A name was given to a new file.
    case create
    /// A name was removed.
    case delete
    /// The directory was synced.
    case directorySync
    /// A write transaction got its lock; `offset` is its number, from 1.
    case transactionBegan
    /// A write transaction released its lock, committed or not; `offset` is its number.
    case transactionEnded

    /// True if the operation affects the state after a crash.
    public var isOfDisk: Bool { self != .transactionBegan && self != .transactionEnded }
  }

  /// Kind of operation.
  public var kind: Kind
  /// Kind of the file affected.
  public var file: FileKind
  /// Number of the actor that issued it; -1 for none.
  public var actor: Int32
  /// Number of the file itself, which outlives its names.
  public var inode: Int32
  /// Number of the name; -1 if no name is affected.
  public var name: Int32
  /// Offset in the file, new length, or number of the transaction.
  public var offset: Int64
  /// Number of bytes written.
  public var count: Int32
  /// Offset of the written bytes in the log's memory.
  var bytesAt: Int
}
