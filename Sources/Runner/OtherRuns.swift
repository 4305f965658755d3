import AssayModel
import Platform

/// The other runs of Assay on this machine that were seen during one run.
final class OtherRuns {
  /// Shortest time between two looks: a look reads a folder.
  private static let interval = Nanoseconds.seconds(1)

  private let registry: RunRegistry?
  private let time: any TimeSource
  private let notice: (String) -> Void
  private var next = MonotonicTime(nanoseconds: 0)
  private var seen: [OtherRun] = []

  /// Announces a run, and looks for the first time.
  ///
  /// - Parameter notice: gets one line for each other run, when it is seen first.
  init(scenario: String, time: any TimeSource, notice: @escaping (String) -> Void) {
    self.time = time
    self.notice = notice
    registry = RunRegistry(scenario: scenario, started: time.wallNow())
    look()
  }

  /// Looks for other runs, unless the last look was a moment ago.
  func lookAgain() {
    if time.monotonicNow() >= next { look() }
  }

  /// Those seen so far; `nil` for none.
  var found: [OtherRun]? { seen.isEmpty ? nil : seen }

  private func look() {
    next = time.monotonicNow() + Self.interval
    for run in registry?.others() ?? [] where !seen.contains(run) {
      seen.append(run)
      notice(
        "another run of Assay works on this machine (process \(run.process), \(run.scenario)): "
          + "each slows the other down")
    }
  }
}
