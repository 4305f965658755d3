public import AssayModel

/// One entry of a simulated disk's log: what reached the operating system, in order.
public struct DiskOperation: Hashable, Sendable {
  /// What was done.
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
    /// It gave the lock back, committed or not; `offset` is its number.
    case transactionEnded

    /// Whether it changes what a crash may leave.
    public var isOfDisk: Bool { self != .transactionBegan && self != .transactionEnded }
  }

  /// What was done.
  public var kind: Kind
  /// The kind of file it was done to.
  public var file: FileKind
  /// Number of the actor that did it; -1 for none.
  public var actor: Int32
  /// Number of the file itself; names come and go.
  public var inode: Int32
  /// Number of the name; -1 where no name is concerned.
  public var name: Int32
  /// Position in the file, new length, or number of the transaction.
  public var offset: Int64
  /// Number of bytes written.
  public var count: Int32
  /// Where the bytes written begin in the log's memory.
  var bytesAt: Int
}
