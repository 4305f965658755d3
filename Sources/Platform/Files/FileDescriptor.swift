import Glibc

/// An open file, closed when it goes out of scope.
struct FileDescriptor: ~Copyable {
  let number: Int32

  /// Opens a file with `O_CLOEXEC`, like `open`.
  init(
    opening path: String, _ flags: Int32, mode: mode_t = 0o644
  ) throws(PlatformError) {
    var descriptor: Int32 = -1
    repeat {
      descriptor = unsafe open(path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else {
      throw PlatformError(operation: "open", errorNumber: errno, path: path)
    }
    number = descriptor
  }

  deinit { close(number) }

  /// Returns the `fstat` result for the file.
  func status(path: String) throws(PlatformError) -> stat {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else {
      throw PlatformError(operation: "fstat", errorNumber: errno, path: path)
    }
    return status
  }

  /// Reads until `buffer` is full or the file ends, from an offset or (`nil`) the current position.
  ///
  /// - Returns: the number of bytes read.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil, path: String
  ) throws(PlatformError) -> Int {
    var count = 0
    while count < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let result =
        if let offset {
          unsafe pread(number, rest.baseAddress, rest.count, offset + count)
        } else {
          unsafe Glibc.read(number, rest.baseAddress, rest.count)
        }
      if result == 0 { break }
      if result > 0 {
        count += result
      } else if errno != EINTR {
        throw PlatformError(operation: "read", errorNumber: errno, path: path)
      }
    }
    return count
  }

  /// Reads words from an offset until the array is full or the file ends.
  ///
  /// - Returns: the number of bytes read.
  func read(
    into words: inout [UInt64], at offset: Int, path: String
  ) throws(PlatformError) -> Int {
    var span = words.mutableSpan
    return try unsafe span.withUnsafeMutableBytes { (bytes) throws(PlatformError) -> Int in
      try unsafe read(into: bytes, at: offset, path: path)
    }
  }

  /// Writes all of `buffer`, at an offset or (`nil`) the current position.
  func write(
    _ buffer: UnsafeRawBufferPointer, at offset: Int? = nil, path: String
  ) throws(PlatformError) {
    var count = 0
    while count < buffer.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[count...])
      let result =
        if let offset {
          unsafe pwrite(number, rest.baseAddress, rest.count, offset + count)
        } else {
          unsafe Glibc.write(number, rest.baseAddress, rest.count)
        }
      if result >= 0 {
        count += result
      } else if errno != EINTR {
        throw PlatformError(operation: "write", errorNumber: errno, path: path)
      }
    }
  }

  /// Waits until the content is on the device, like `fsync`.
  func synchronize(path: String) throws(PlatformError) {
    guard fsync(number) == 0 else {
      throw PlatformError(operation: "fsync", errorNumber: errno, path: path)
    }
  }
}
