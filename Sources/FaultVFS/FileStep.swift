public import AssayModel

/// One event on a file, in the same form for simulated and real files.
public struct FileStep: Hashable, Codable, Sendable {
  /// Kind of event.
  public enum Kind: String, Codable, Sendable {
    /// `count` bytes with this hash were written at `offset`.
    case write
    /// The length was set to `offset`.
    case truncate
    /// The file was synced; its content had `count` bytes with this hash.
    case sync
    /// The file got its name.
    case create
    /// The file lost its name.
    case delete
    /// The directory was synced for the file's name.
    case directorySync = "directory_sync"
  }

  /// Kind of event.
  public var kind: Kind
  /// Role of the file in SQLite.
  public var file: FileKind
  /// Offset of a write, or the new length; otherwise 0.
  public var offset: Int64
  /// Number of bytes written, or in the file; otherwise 0.
  public var count: Int
  /// Hash of these bytes; otherwise zero.
  public var hash: ImageHash

  init(
    _ kind: Kind, _ file: FileKind, offset: Int64 = 0, count: Int = 0, hash: ImageHash = .zero
  ) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.count = count
    self.hash = hash
  }

  init(_ kind: Kind, _ file: FileKind, content: [UInt8]) {
    self.init(kind, file, count: content.count, hash: ImageHash(of: content))
  }
}

extension FileStep: CustomStringConvertible {
  /// Text form, such as `write wal 4096+1024 0123...`.
  public var description: String {
    switch kind {
    case .write: "write \(file.rawValue) \(offset)+\(count) \(hash)"
    case .truncate: "truncate \(file.rawValue) to \(offset)"
    case .sync: "sync \(file.rawValue) of \(count) bytes \(hash)"
    case .create, .delete, .directorySync: "\(kind.rawValue) \(file.rawValue)"
    }
  }
}
