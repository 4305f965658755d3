public import AssayModel

/// What a comparison, a gate or a baseline was given and can't work with.
public struct GateError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Code: Equatable, Sendable {
    /// A metric is unknown, or its margin makes no sense.
    case metric
    /// The plan of a comparison makes no sense.
    case plan
    /// Results that were not asked for.
    case results
    /// Base and head did different work.
    case otherWorkload
    /// A baseline of another machine.
    case otherMachine
    /// A baseline of another scenario.
    case otherScenario
    /// A baseline or calibration of another schema version.
    case otherSchema
    /// A baseline whose content is not what its digest names.
    case damaged
    /// No setting reaches the durability class that was asked for.
    case classNotReached
  }

  /// What is wrong.
  public var code: Code
  /// Of what, such as `metric` or `baseline.schema`.
  public var subject: String
  /// What was found.
  public var found: String
  /// What is allowed.
  public var allowed: String

  /// Creates an error.
  public init(_ code: Code, of subject: String, found: String, allowed: String) {
    self.code = code
    self.subject = subject
    self.found = found
    self.allowed = allowed
  }

  /// What a command that meets it exits with.
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
  /// One line for people.
  public var description: String { "\(subject): found \(found), allowed: \(allowed)" }
}
