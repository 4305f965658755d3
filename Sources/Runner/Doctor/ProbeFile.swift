import AssayModel
import Glibc
import Platform

/// A file of its own for a trial, removed when it goes out of scope.
///
/// It keeps its name while it lives: some file systems do not sync a file that has none.
///
/// Safe because the descriptor is private, opened in `init` and closed only in `deinit`.
@safe struct ProbeFile: ~Copyable {
  /// Where it stands.
  let path: String
  private let descriptor: Int32

  /// Creates an empty file in a folder.
  init(in folder: String) throws(PlatformError) {
    let path = Self.freshPath(in: folder)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PlatformError(operation: "open", errorNumber: errno, path: path)
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unsafe unlink(path)
  }

  /// A name that nothing has, and that tells whose file it is should one be left after all.
  static func freshPath(in folder: String) -> String {
    let name = String(UInt64.random(in: .min ... .max), radix: 16)
    return "\(folder)/.assay-doctor-\(getpid())-\(name)"
  }

  /// Writes bytes at an offset, as `pwrite`.
  func write(_ bytes: [UInt8], at offset: Int) throws(PlatformError) {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset)
    }
    guard count == bytes.count else {
      // A short write without an error is a full device.
      throw PlatformError(
        operation: "write", errorNumber: count < 0 ? errno : ENOSPC, path: path)
    }
  }

  /// Waits until the content is on the device, as `fdatasync`.
  func synchronize() throws(PlatformError) {
    guard fdatasync(descriptor) == 0 else {
      throw PlatformError(operation: "fdatasync", errorNumber: errno, path: path)
    }
  }

  /// Takes a write lock on the first byte and gives it back, as SQLite does (`fcntl`).
  func lockAndUnlock() throws(PlatformError) {
    try setLock(F_WRLCK)
    try setLock(F_UNLCK)
  }

  private func setLock(_ kind: Int32) throws(PlatformError) {
    var lock = flock()
    lock.l_type = Int16(kind)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 0
    lock.l_len = 1
    guard unsafe fcntl(descriptor, F_SETLK, &lock) == 0 else {
      throw PlatformError(operation: "fcntl(F_SETLK)", errorNumber: errno, path: path)
    }
  }
}

/// Keeps Ctrl-C and polite requests to end waiting, so that no file is left behind.
enum SignalHold {
  /// Runs `body` with SIGINT, SIGTERM and SIGHUP held back from the calling thread.
  static func during<Value>(
    _ body: () throws(PlatformError) -> Value
  ) throws(PlatformError) -> Value {
    var held = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&held)
    for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&held, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &held, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }
}
