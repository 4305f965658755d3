/// A violation of the rules of schedule exploration, by the program or its driver.
public struct ScheduleError: Error, Hashable, Sendable {
  /// Kinds of violations.
  public enum Code: Hashable, Sendable {
    /// A run with the same choices reached another point: the program is not a function of them.
    case diverged
    /// An enumeration was called without the record of the last run and its choices.
    case noRecord
  }

  /// Kind of the violation.
  public var code: Code
  /// The step at which it was found.
  public var step: Int

  init(_ code: Code, step: Int = 0) {
    self.code = code
    self.step = step
  }
}

extension ScheduleError: CustomStringConvertible {
  /// Description of the violation, in words.
  public var description: String {
    switch code {
    case .diverged:
      "at step \(step) the program was elsewhere than in an earlier run with the same choices"
    case .noRecord: "the next schedule follows from the choices of the last run, which are missing"
    }
  }
}
