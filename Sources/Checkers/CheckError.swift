/// The recorded evidence is damaged, so that no check may judge it.
public struct CheckError: Error, Equatable, Sendable {
  /// Kinds of errors.
  public enum Code: Equatable, Sendable {
    /// The number of rows in the content stream differs from that in the observation.
    case contentIncomplete
  }

  /// Kind of the error.
  public var code: Code
  /// The value found, for people.
  public var found: String
  /// The value expected, for people.
  public var expected: String

  /// Creates an error.
  public init(code: Code, found: String, expected: String) {
    self.code = code
    self.found = found
    self.expected = expected
  }
}
