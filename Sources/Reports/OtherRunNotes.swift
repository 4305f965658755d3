import AssayModel

/// Text about other runs on the same machine.
enum OtherRunNotes {
  /// Returns one line per other run.
  static func lines(_ result: RunResult) -> [String] {
    (result.environment.otherRuns ?? []).map { run in
      let effect =
        result.world == .real
        ? "the figures of time contain its load" : "it took a share of the processors"
      return
        "another run of Assay worked on this machine at the same time (process \(run.process), "
        + "\(run.scenario), started \(timeOfDay(run.started)) UTC): \(effect)"
    }
  }

  private static func timeOfDay(_ time: WallTime) -> String {
    let seconds = max(0, time.milliseconds / 1_000) % 86_400
    return [seconds / 3_600, seconds / 60 % 60, seconds % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
