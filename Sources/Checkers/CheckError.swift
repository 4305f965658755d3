/// The recorded evidence is damaged, so that no check may judge it.
public struct CheckError: Error, Equatable, Sendable {
  /// What is wrong with it.
  public enum Code: Equatable, Sendable {
    /// The content stream has another number of rows than the observation says.
    case contentIncomplete
  }

  /// What is wrong.
  public var code: Code
  /// What was found, for people.
  public var found: String
  /// What it should have been, for people.
  public var expected: String

  /// Creates an error.
  public init(code: Code, found: String, expected: String) {
    self.code = code
    self.found = found
    self.expected = expected
  }
}
