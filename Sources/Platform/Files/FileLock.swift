import Glibc

/// A lock on a file that lasts as long as the process, or this object, lives (`flock`).
///
/// Dropped by the kernel when the process ends, however that happens.
public final class FileLock: Sendable {
  /// The locked file.
  public let path: String
  private let file: FileDescriptor

  /// Creates the file with a text in it and locks it.
  ///
  /// - Parameter path: must not exist.
  /// - Throws: what the system refused.
  public init(creating path: String, text: String) throws(PlatformError) {
    self.path = path
    file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      throw PlatformError(operation: "flock", errorNumber: errno, path: path)
    }
    let bytes = Array(text.utf8)
    let span = unsafe bytes.span.bytes
    try unsafe span.withUnsafeBytes { (bytes) throws(PlatformError) in
      try unsafe file.write(bytes, path: path)
    }
  }

  /// Whether a process holds the lock on a file; `false` when there is no such file.
  public static func isHeld(_ path: String) -> Bool {
    guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return false }
    guard flock(file.number, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
