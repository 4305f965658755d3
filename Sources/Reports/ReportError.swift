/// Failure to write or read a result.
public struct ReportError: Error, Equatable, Sendable {
  /// Kind of failure.
  public enum Code: Equatable, Sendable {
    /// A number is infinite or not a number, which JSON can't hold.
    case notEncodable
    /// The text is not a result.
    case damaged
    /// The result has a schema version that this program does not know.
    case otherSchema
  }

  /// Kind of failure.
  public var code: Code
  /// Location and cause, for the user.
  public var detail: String

  /// Creates an error.
  public init(code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }
}
