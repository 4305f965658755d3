import AssayModel

/// What `assay run` was asked for, apart from the scenario.
public struct RunOptions: Sendable {
  /// Where results are written.
  public var resultsFolder: String
  /// Where databases live while the run lasts; `nil` for beside the run.
  public var dataFolder: String?
  /// Another libsqlite3 for the workers.
  public var libraryPath: String?
  /// Whether databases and histories are kept.
  public var keepsEverything: Bool
  /// The executable that workers are started from: this one, except in tests.
  public var workerExecutable = "/proc/self/exe"
  /// Told about progress: one short line, often.
  public var progress: @Sendable (String) -> Void

  /// Creates options.
  public init(
    resultsFolder: String = "Results", dataFolder: String? = nil, libraryPath: String? = nil,
    keepsEverything: Bool = false, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.resultsFolder = resultsFolder
    self.dataFolder = dataFolder
    self.libraryPath = libraryPath
    self.keepsEverything = keepsEverything
    self.progress = progress
  }
}
