import Glibc

/// A lock on a file, held as long as the process, or this object, lives (`flock`).
///
/// Released by the kernel when the process ends, however it ends.
public final class FileLock: Sendable {
  /// Path of the locked file.
  public let path: String
  private let file: FileDescriptor

  /// Creates a file with a text and locks it.
  ///
  /// - Parameter path: must not exist yet.
  /// - Throws: the system's error.
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

  /// Returns true if a process holds the lock on a file; `false` if there is no such file.
  public static func isHeld(_ path: String) -> Bool {
    guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return false }
    guard flock(file.number, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
