import Glibc

/// Functions for whole small files.
public enum ByteFile {
  /// Reads a file to its end, including files in `/proc` whose size reads as 0.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: maximum size of the content, in bytes; at least 1.
  /// - Throws: `tooLarge` if the content is larger, or the system's error.
  public static func read(_ path: String, limit: Int) throws(PlatformError) -> [UInt8] {
    precondition(limit > 0, "the limit is \(limit), must be at least 1")
    let file = try FileDescriptor(opening: path, O_RDONLY)
    let size = Int(try file.status(path: path).st_size)
    var bytes: [UInt8] = []
    // One byte beyond the known size detects the end without another round.
    var chunk = min(max(size + 1, 4_096), limit + 1)
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: chunk))
      let count = try Self.fill(&bytes, from: start, file, path)
      bytes.removeLast(chunk - count)
      guard bytes.count <= limit else {
        throw PlatformError(
          code: .tooLarge, operation: "read", path: path,
          detail: "more than the \(limit) bytes that are allowed")
      }
      if count < chunk { return bytes }
      chunk = min(bytes.count, limit + 1 - bytes.count)
    }
  }

  /// Reads a file as text; bytes that are not UTF-8 become replacement characters.
  public static func readText(_ path: String, limit: Int) throws(PlatformError) -> String {
    String(decoding: try read(path, limit: limit), as: UTF8.self)
  }

  private static func fill(
    _ bytes: inout [UInt8], from start: Int, _ file: borrowing FileDescriptor, _ path: String
  ) throws(PlatformError) -> Int {
    // The closure of withUnsafeMutableBytes cannot carry a typed error together with a borrow.
    var span = bytes.mutableSpan
    return try unsafe span.withUnsafeMutableBytes { (buffer) throws(PlatformError) -> Int in
      try unsafe file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), path: path)
    }
  }
}
