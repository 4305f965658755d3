import CSQLite
import Glibc
import Platform

/// Copies a quiet database inside the kernel, and waits until the copy is on the device.
///
/// A file system that can shares the blocks of both until one is written (btrfs, XFS); any other
/// copies them. The wait keeps the copy's own writes out of what is measured next.
/// Source: copy_file_range(2).
enum FileClone {
  /// - Parameter target: must not exist.
  /// - Throws: what the system refused.
  static func make(of source: String, at target: String) throws(RunnerError) {
    // Some file systems, and kernels before 5.3 between two of them, copy only by hand.
    if try !copyInKernel(source, target) { try copyByHand(source, target) }
    let copy = unsafe open(target, O_RDONLY | O_CLOEXEC)
    guard copy >= 0 else { throw failure("opened", target) }
    defer { close(copy) }
    guard fsync(copy) == 0 else { throw failure("synchronised", target) }
  }

  /// - Returns: `false` when the kernel cannot; nothing was copied then.
  private static func copyInKernel(
    _ source: String, _ target: String
  ) throws(RunnerError) -> Bool {
    let input = unsafe open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure("opened", source) }
    defer { close(input) }
    let output = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard output >= 0 else { throw failure("created", target) }
    defer { close(output) }
    var isFirst = true
    while true {
      let count = assay_copy_file_range(input, output, 1 << 30)
      if count == 0 { return true }
      if count < 0 {
        if errno == EINTR { continue }
        if isFirst, [EXDEV, ENOSYS, EINVAL, EOPNOTSUPP].contains(errno) { return false }
        throw failure("copied", target)
      }
      isFirst = false
    }
  }

  private static func copyByHand(_ source: String, _ target: String) throws(RunnerError) {
    do {
      unsafe unlink(target)
      try ByteFile.copy(from: source, to: target)
    } catch {
      throw RunnerError(.harness, "the database '\(target)' cannot be copied: \(error)")
    }
  }

  private static func failure(_ what: String, _ path: String) -> RunnerError {
    RunnerError(.harness, "the file '\(path)' cannot be \(what): \(errorText(errno))")
  }
}
