import AssayModel
import Foundation
import Glibc
import Platform
import SQLiteDriver

/// Makes a finding again: reads its file, starts a worker, and compares.
public struct ReplayRun {
  /// What `assay replay` was asked for.
  public struct Options: Sendable {
    /// Another libsqlite3 for the worker.
    public var libraryPath: String?
    /// Where the files of the image are written; `nil` for nowhere.
    public var filesFolder: String?
    /// The executable that the worker is started from: this one, except in tests.
    public var workerExecutable = "/proc/self/exe"

    /// Creates options.
    public init(libraryPath: String? = nil, filesFolder: String? = nil) {
      self.libraryPath = libraryPath
      self.filesFolder = filesFolder
    }
  }

  private let path: String
  private let options: Options
  private let finding: FiledFinding

  /// Reads a finding.
  ///
  /// - Throws: an input error when the file is damaged or of another schema, or when files are
  ///   asked for that a finding of its form has not.
  public init(path: String, _ options: Options) throws(RunnerError) {
    self.path = path
    self.options = options
    finding = try FindingFile.read(path)
    guard options.filesFolder != nil else { return }
    switch finding {
    case .crash: break
    case .sweep:
      throw RunnerError(
        .input, "'\(path)' is a finding of a sweep: --files is for those of crash images")
    case .schedule:
      throw RunnerError(
        .input, "'\(path)' is a finding of a schedule: --files is for those of crash images")
    }
  }

  /// What the finding says, in two lines.
  public var headline: String {
    switch finding {
    case .crash(let crash):
      let skipped = crash.skipped.count
      let left = skipped == 0 ? "" : ", \(skipped) operations left out"
      return "\(crash.scenario), \(crash.cell.id), program \(crash.program)\(left)\n"
        + "\(crash.kind.text): \(crash.found)"
    case .sweep(let sweep):
      return "\(sweep.scenario), \(sweep.cell.id), program \(sweep.program)\n\(sweep.summary)"
    case .schedule(let schedule):
      let skipped = schedule.skipped.count
      let left = skipped == 0 ? "" : ", \(skipped) operations left out"
      return "\(schedule.scenario), \(schedule.cell.id), program \(schedule.program)\(left), "
        + "\(schedule.preemptions) preemptions\n"
        + "\(schedule.found.check.rawValue): \(schedule.found.text)"
    }
  }

  /// Runs it in a worker of its own.
  ///
  /// - Throws: an environment error when the library or the simulated disk is another one.
  public func run() throws(RunnerError) -> ReplayReport {
    Interruption.install()
    let other = try options.libraryPath.map { (path) throws(RunnerError) in
      try LibraryFolder(library: path)
    }
    try verifyVersions(library: other?.sourceID ?? SQLiteLibrary.sourceID)
    let folder = NSTemporaryDirectory() + "assay-replay-\(getpid())"
    defer { try? Folder.remove(folder) }
    do {
      try Folder.create(folder)
    } catch {
      throw RunnerError(.harness, "the folder '\(folder)' cannot be created: \(error)")
    }
    let launcher = WorkerLauncher(
      executable: options.workerExecutable, logFolder: folder,
      libraryFolder: try other?.make(in: folder))
    switch finding {
    case .crash(let crash):
      let files = options.filesFolder.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
      return try run(
        .replay(crash, filesFolder: files), crash.cell, crash.sqliteSourceID, launcher, folder)
    case .schedule(let schedule):
      do throws(RunnerError) {
        return try run(
          .replaySchedule(schedule), schedule.cell, schedule.sqliteSourceID, launcher, folder)
      } catch {
        throw RunnerError(error.code, "'\(path)': \(error.message)")
      }
    case .sweep(let sweep): return try sweep.replay(launcher: launcher, time: SystemTime())
    }
  }

  private func run(
    _ task: ExploreTask, _ cell: PlannedCell, _ sourceID: String, _ launcher: WorkerLauncher,
    _ folder: String
  ) throws(RunnerError) -> ReplayReport {
    let crew = try ExploreCrew(
      cell, launcher: launcher, historyFolder: folder, jobs: 1, time: SystemTime(),
      expectedSourceID: sourceID)
    var tasks = [task]
    var report: ReplayReport?
    try crew.work(
      next: { tasks.popLast() },
      take: { (_, reply) throws(RunnerError) in
        if case .replayed(let found) = reply { report = found }
      })
    if Interruption.isRequested { throw RunnerError(.interrupted, "interrupted") }
    guard let report else {
      let incident = crew.incidents.first?.exit ?? "it gave no answer"
      throw RunnerError(.harness, "the worker of the replay \(incident)")
    }
    return report
  }

  private func verifyVersions(library: String) throws(RunnerError) {
    let diskVersion: Int
    let source: String
    switch finding {
    case .crash(let crash): (diskVersion, source) = (crash.diskVersion, crash.sqliteSourceID)
    case .sweep(let sweep): (diskVersion, source) = (sweep.diskVersion, sweep.librarySource ?? "")
    case .schedule(let schedule):
      (diskVersion, source) = (schedule.diskVersion, schedule.sqliteSourceID)
    }
    guard diskVersion == CrashFinding.currentDiskVersion else {
      throw RunnerError(
        .environment,
        "\(path) was made with version \(diskVersion) of the simulated disk, this is "
          + "version \(CrashFinding.currentDiskVersion): its positions mean something else; run "
          + "the scenario again")
    }
    guard source == library else {
      throw RunnerError(
        .environment,
        "\(path) was made with SQLite '\(source)', this is '\(library)': "
          + "name its library with --sqlite")
    }
  }
}
