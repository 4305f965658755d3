import Glibc

/// A failure of the operating system, or of a file of Assay's own.
public struct PlatformError: Error, Equatable, Sendable {
  /// The kinds of failure that a caller may want to distinguish.
  public enum Code: Sendable {
    /// The path does not exist (`ENOENT`).
    case notFound
    /// The path exists already (`EEXIST`).
    case alreadyExists
    /// The device, the quota or the file size limit is exhausted (`ENOSPC`, `EDQUOT`, `EFBIG`).
    case noSpace
    /// Permission is missing or the file system is read-only (`EACCES`, `EPERM`, `EROFS`).
    case notPermitted
    /// The file has the wrong format: magic, version or length.
    case badFormat
    /// The file is larger than the caller allows.
    case tooLarge
    /// Any other system error; see `errorNumber`.
    case system
  }

  /// The kind of failure.
  public var code: Code
  /// The system call or operation that failed, such as `posix_fallocate`.
  public var operation: String
  /// The `errno` value; 0 if no system call failed (`badFormat`, `tooLarge`).
  public var errorNumber: Int32
  /// File or folder concerned, if any.
  public var path: String?
  /// Found and expected values; empty if `errorNumber` is sufficient.
  public var detail: String

  /// Creates the error of a system call that set `errorNumber`.
  public init(operation: String, errorNumber: Int32, path: String? = nil, detail: String = "") {
    self.code = Code(errorNumber: errorNumber)
    self.operation = operation
    self.errorNumber = errorNumber
    self.path = path
    self.detail = detail
  }

  /// Creates an error about the content of a file.
  public init(code: Code, operation: String, path: String?, detail: String) {
    self.code = code
    self.operation = operation
    self.errorNumber = 0
    self.path = path
    self.detail = detail
  }
}

extension PlatformError.Code {
  init(errorNumber: Int32) {
    switch errorNumber {
    case ENOENT: self = .notFound
    case EEXIST: self = .alreadyExists
    case ENOSPC, EDQUOT, EFBIG: self = .noSpace
    case EACCES, EPERM, EROFS: self = .notPermitted
    default: self = .system
    }
  }
}

extension PlatformError: CustomStringConvertible {
  /// One line: operation, path, the system's message and number, detail.
  public var description: String {
    var text = operation
    if let path { text += " '\(path)'" }
    text += " failed"
    if errorNumber != 0 {
      text += ": " + errorText(errorNumber) + " (errno \(errorNumber))"
    }
    return detail.isEmpty ? text : text + ": " + detail
  }
}

/// Returns the system's message for an error number, like `strerror`.
func errorText(_ errorNumber: Int32) -> String {
  // glibc keeps the messages of known numbers in constants and those of others per thread (2.32).
  guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
  return unsafe String(cString: text)
}
