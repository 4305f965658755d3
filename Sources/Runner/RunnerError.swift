/// A failure of the harness or of what it was given: never a fault of the system under test.
public struct RunnerError: Error, Equatable, Sendable {
  /// What kind of failure it is; each has an exit code.
  public enum Code: String, Sendable {
    /// The harness itself failed, or its output could not be written: exit 1.
    case harness
    /// What the user gave cannot be run: exit 64.
    case input
    /// The machine or the library is not as asked for: exit 5.
    case environment
    /// What there is does not suffice to decide anything: exit 4.
    case undecided
    /// A check of correctness was violated where figures of a sound system were wanted: exit 2.
    case violation
    /// The user interrupted the run: exit 130.
    case interrupted
  }

  /// What kind of failure it is.
  public var code: Code
  /// What happened and what can be done, in one sentence or two.
  public var message: String
  /// Whether a later version will run what this one refuses.
  public var isOfLaterVersion = false

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension RunnerError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
