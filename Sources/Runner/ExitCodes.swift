import AssayModel
import Checkers

/// Exit codes of several runs of one command.
public enum ExitCodes {
  /// The one that is said when several apply.
  public static func first(of codes: [Int]) -> Int {
    ExitCode.first(of: codes.compactMap(ExitCode.init(rawValue:))).rawValue
  }
}
