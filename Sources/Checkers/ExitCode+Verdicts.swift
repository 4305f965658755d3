public import AssayModel

/// The status under the name that verdicts are judged by.
public typealias ExitCode = ExitStatus

extension ExitStatus {
  /// Returns the exit code of a run.
  ///
  /// - Parameters:
  ///   - verdicts: the verdicts of all cells.
  ///   - incidents: number of workers that exited unexpectedly.
  ///   - timeJumped: true if time jumped while a cell ran.
  ///   - wasInterrupted: true if the user stopped the run.
  public static func of(
    verdicts: some Sequence<Verdict>, incidents: Int, timeJumped: Bool = false,
    wasInterrupted: Bool = false
  ) -> ExitCode {
    var codes = Set(verdicts.map(Self.of))
    if incidents > 0 { codes.insert(.incorrect) }
    if timeJumped { codes.insert(.environment) }
    if wasInterrupted { codes.insert(.interrupted) }
    return first(of: codes)
  }

  /// Returns the exit code of one verdict.
  ///
  /// A miss of a check about speed is `tooSlow`, unless a witness shows that safety was violated,
  /// such as a lease that was taken before it had ended.
  public static func of(_ verdict: Verdict) -> ExitCode {
    if verdict.met { return .met }
    if verdict.status == .unknown { return .unknown }
    return verdict.check.isAboutSpeed && verdict.witness.isEmpty ? .tooSlow : .incorrect
  }
}
