public import AssayModel
import Foundation

/// What `assay run` was asked for, apart from the scenario.
public struct RunOptions: Sendable {
  /// Where results are written.
  public var resultsFolder: String
  /// Where databases live while the run lasts; `nil` for beside the run.
  public var dataFolder: String?
  /// Another libsqlite3 for the workers.
  public var libraryPath: String?
  /// Worker processes of the simulated world at a time; in `jobsRange`.
  public var jobs: Int
  /// Whether databases and histories are kept.
  public var keepsEverything: Bool
  /// The executable that workers are started from: this one, except in tests.
  public var workerExecutable = "/proc/self/exe"
  /// How long one side of a comparison works before the other one does; zero for whole blocks one
  /// after the other, `nil` to choose it from a pilot.
  public var slice: Nanoseconds?
  /// Whether the histories are looked at during the load, for a progress line with figures.
  public var watchesLoad = false
  /// How long the coordinator is patient.
  public var limits = SupervisionLimits()
  /// Told about what a user should know at once, such as another run on the machine.
  public var notice: @Sendable (String) -> Void = { _ in }
  /// Told about progress: one short line, often.
  public var progress: @Sendable (String) -> Void

  /// Shorter turns would measure how fast caches fill, longer ones the comings and goings of the
  /// machine's other guests, which take a tenth of a second where this was measured.
  public static let usualSlice = Nanoseconds.milliseconds(10)
  /// What `--jobs` may be.
  public static let jobsRange = 1...256

  /// Creates options.
  ///
  /// - Parameter jobs: in `jobsRange`; `nil` for as many as there are processors.
  public init(
    resultsFolder: String = "Results", dataFolder: String? = nil, libraryPath: String? = nil,
    jobs: Int? = nil, keepsEverything: Bool = false,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.resultsFolder = resultsFolder
    self.dataFolder = dataFolder
    self.libraryPath = libraryPath
    let processors = ProcessInfo.processInfo.activeProcessorCount
    self.jobs =
      jobs ?? min(max(processors, Self.jobsRange.lowerBound), Self.jobsRange.upperBound)
    precondition(Self.jobsRange.contains(self.jobs), "jobs: \(self.jobs)")
    self.keepsEverything = keepsEverything
    self.progress = progress
  }
}
