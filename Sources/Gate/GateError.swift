public import AssayModel

/// Input of a comparison, a gate or a baseline that can't be used.
public struct GateError: Error, Equatable, Sendable {
  /// Kind of problem.
  public enum Code: Equatable, Sendable {
    /// Unknown metric, or a margin out of range.
    case metric
    /// Invalid plan of a comparison.
    case plan
    /// Results that do not match the request.
    case results
    /// Base and head did different work.
    case otherWorkload
    /// A baseline of another machine.
    case otherMachine
    /// A baseline of another scenario.
    case otherScenario
    /// A baseline or calibration of another schema version.
    case otherSchema
    /// A baseline whose content does not match its digest.
    case damaged
    /// No setting reaches the requested durability class.
    case classNotReached
  }

  /// Kind of problem.
  public var code: Code
  /// Subject of the problem, such as `metric` or `baseline.schema`.
  public var subject: String
  /// Value that was found.
  public var found: String
  /// Value or range that is allowed.
  public var allowed: String

  /// Creates an error.
  public init(_ code: Code, of subject: String, found: String, allowed: String) {
    self.code = code
    self.subject = subject
    self.found = found
    self.allowed = allowed
  }

  /// Exit status of a command that ends with this error.
  public var exitStatus: ExitStatus {
    switch code {
    case .otherMachine: .environment
    case .results: .harnessFailed
    case .classNotReached: .unknown
    case .metric, .plan, .otherWorkload, .otherScenario, .otherSchema, .damaged: .usage
    }
  }
}

extension GateError: CustomStringConvertible {
  /// One line for the user.
  public var description: String { "\(subject): found \(found), allowed: \(allowed)" }
}
