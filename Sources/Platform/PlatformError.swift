import Glibc

/// What the operating system, or a file of Assay's own, refused.
public struct PlatformError: Error, Equatable, Sendable {
  /// The kinds a caller may want to tell apart.
  public enum Code: Sendable {
    /// The path does not exist (`ENOENT`).
    case notFound
    /// The path exists already (`EEXIST`).
    case alreadyExists
    /// The device, the quota or the file size limit is exhausted (`ENOSPC`, `EDQUOT`, `EFBIG`).
    case noSpace
    /// Permission is missing or the file system is read-only (`EACCES`, `EPERM`, `EROFS`).
    case notPermitted
    /// The file is not what it should be: wrong magic, version, length.
    case badFormat
    /// The file is larger than the caller allows.
    case tooLarge
    /// Any other refusal; `errorNumber` says which.
    case system
  }

  /// The kind of failure.
  public var code: Code
  /// The system call or operation that failed, such as `posix_fallocate`.
  public var operation: String
  /// The `errno` value; 0 when the system did not refuse anything (`badFormat`, `tooLarge`).
  public var errorNumber: Int32
  /// The file or folder concerned, if there is one.
  public var path: String?
  /// What was found and what was expected; empty when `errorNumber` says it all.
  public var detail: String

  /// Creates the error of a system call that left `errorNumber`.
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
  /// One line: operation, path, the system's words and number, detail.
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

/// The system's words for an error number, as `strerror`.
func errorText(_ errorNumber: Int32) -> String {
  // glibc keeps the texts of known numbers in constants and those of others per thread (2.32).
  guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
  return unsafe String(cString: text)
}
