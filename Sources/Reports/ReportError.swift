/// A result can't be written or read.
public struct ReportError: Error, Equatable, Sendable {
  /// What went wrong.
  public enum Code: Equatable, Sendable {
    /// A number is infinite or not a number, which JSON can't hold.
    case notEncodable
    /// The text is not a result.
    case damaged
    /// The result has a schema version that this program does not know.
    case otherSchema
  }

  /// What went wrong.
  public var code: Code
  /// Where and what, for people.
  public var detail: String

  /// Creates an error.
  public init(code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }
}
