import Glibc
import Synchronization

extension ByteFile {
  /// Replaces `path` by a file with this content, whole or not at all.
  ///
  /// The content is written to a temporary file in the same folder, synced and renamed, and the
  /// folder is synced: after a crash there is either the old file or the new one.
  ///
  /// - Throws: the system's error; then `path` is unchanged and no temporary file is left.
  public static func replace(_ path: String, with content: [UInt8]) throws(PlatformError) {
    guard let folder = Folder.parent(of: path) else {
      throw PlatformError(operation: "open", errorNumber: EISDIR, path: path)
    }
    let aside = temporaryPath(in: folder, beside: path)
    do throws(PlatformError) {
      try writeDurably(content, to: aside)
      guard unsafe rename(aside, path) == 0 else {
        throw PlatformError(operation: "rename", errorNumber: errno, path: path)
      }
    } catch {
      unsafe unlink(aside)
      throw error
    }
    try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY).synchronize(path: folder)
  }

  /// Replaces `path` by a text in UTF-8, whole or not at all.
  public static func replace(_ path: String, withText text: String) throws(PlatformError) {
    try replace(path, with: Array(text.utf8))
  }

  /// Copies a file with its permissions.
  ///
  /// - Parameters:
  ///   - source: a file, or a link to one.
  ///   - target: must not exist yet.
  /// - Throws: the system's error; then there is no `target`, unless it existed before.
  public static func copy(from source: String, to target: String) throws(PlatformError) {
    let input = try FileDescriptor(opening: source, O_RDONLY)
    let mode = try input.status(path: source).st_mode & 0o777
    let output = try FileDescriptor(opening: target, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    do throws(PlatformError) {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      var span = buffer.mutableSpan
      try unsafe span.withUnsafeMutableBytes { (bytes) throws(PlatformError) in
        while true {
          let count = try unsafe input.read(into: bytes, path: source)
          let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
          try unsafe output.write(part, path: target)
          if count < bytes.count { return }
        }
      }
    } catch {
      unsafe unlink(target)
      throw error
    }
  }

  /// Creates a symbolic link at `path` that points to `target`.
  ///
  /// - Throws: `alreadyExists`, or another system error.
  public static func link(at path: String, to target: String) throws(PlatformError) {
    guard unsafe symlink(target, path) == 0 else {
      throw PlatformError(operation: "symlink", errorNumber: errno, path: path)
    }
  }

  /// Returns the size of a file in bytes; links are followed.
  ///
  /// - Throws: `notFound`, or another system error.
  public static func size(of path: String) throws(PlatformError) -> Int64 {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw PlatformError(operation: "stat", errorNumber: errno, path: path)
    }
    return Int64(status.st_size)
  }

  /// Returns true if `path` exists; a dangling link does not count.
  public static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  private static let asideCount = Atomic<Int>(0)

  /// Hidden, and unique on this machine, so that two writers never share it.
  private static func temporaryPath(in folder: String, beside path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    let number = asideCount.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(folder)/.\(name).\(getpid()).\(number).tmp"
  }

  private static func writeDurably(_ content: [UInt8], to path: String) throws(PlatformError) {
    let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
    let bytes = unsafe content.span.bytes
    try unsafe bytes.withUnsafeBytes { (bytes) throws(PlatformError) in
      try unsafe file.write(bytes, path: path)
    }
    try file.synchronize(path: path)
  }
}
