/// The program or its driver did not keep to what exploring schedules needs.
public struct ScheduleError: Error, Hashable, Sendable {
  /// What it was.
  public enum Code: Hashable, Sendable {
    /// A run under the same choices met another point: the program is not a function of them.
    case diverged
    /// An enumeration was asked to go on without the record of the last run and its choices.
    case noRecord
  }

  /// What it was.
  public var code: Code
  /// The step at which it was seen.
  public var step: Int

  init(_ code: Code, step: Int = 0) {
    self.code = code
    self.step = step
  }
}

extension ScheduleError: CustomStringConvertible {
  /// What happened, in words.
  public var description: String {
    switch code {
    case .diverged:
      "at step \(step) the program was elsewhere than in an earlier run with the same choices"
    case .noRecord: "the next schedule follows from the choices of the last run, which are missing"
    }
  }
}
