import ArgumentParser
import AssayModel
import Runner

/// Reasons why a valid scenario cannot run: the same for `run`, which reports them before anything
/// runs, and for `check`.
enum PlanRefusals {
  /// Verifies that this version and this SQLite can run a plan.
  ///
  /// - Parameter usesOwnLibrary: true if the workers use the library that this process is linked
  ///   with; another one may take other settings.
  /// - Throws: an input error that names the part that cannot run.
  static func verify(_ plan: Plan, usesOwnLibrary: Bool = true) throws(RunnerError) {
    try Capabilities.verify(plan)
    if usesOwnLibrary { try SettingsTrial.verify(plan) }
    try ScenarioVerification.verify(plan, compiles: usesOwnLibrary)
    try InitialContentTrial.verify(plan)
  }

  /// As `verify`, but accepts features of the format that a later version will run.
  ///
  /// - Returns: the feature that needs a later version, if any.
  static func remark(on plan: Plan) throws(RunnerError) -> String? {
    do throws(RunnerError) {
      try verify(plan)
    } catch {
      guard error.isOfLaterVersion else { throw error }
      return error.message
    }
    return nil
  }

  /// As `verify`, with one message and the exit code of the error.
  static func exiting(_ plan: Plan, usesOwnLibrary: Bool = true) throws {
    do throws(RunnerError) {
      try verify(plan, usesOwnLibrary: usesOwnLibrary)
    } catch {
      Console.fail("\(plan.scenario.name): \(error.message)")
      throw ArgumentParser.ExitCode(error.exitCode)
    }
  }
}
