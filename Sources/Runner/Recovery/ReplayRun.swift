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
  private let finding: CrashFinding

  /// Reads a finding.
  ///
  /// - Throws: an input error when the file is damaged or of another schema.
  public init(path: String, _ options: Options) throws(RunnerError) {
    self.path = path
    self.options = options
    finding = try FindingFile.read(path)
  }

  /// What the finding says, in two lines.
  public var headline: String {
    let skipped = finding.skipped.count
    let left = skipped == 0 ? "" : ", \(skipped) operations left out"
    return "\(finding.scenario), \(finding.cell.id), program \(finding.program)\(left)\n"
      + "\(finding.kind.text): \(finding.found)"
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
    let crew = try ExploreCrew(
      finding.cell, launcher: launcher, historyFolder: folder, jobs: 1, time: SystemTime(),
      expectedSourceID: finding.sqliteSourceID)
    let files = options.filesFolder.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    var tasks = [ExploreTask.replay(finding, filesFolder: files)]
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
    guard finding.diskVersion == CrashFinding.currentDiskVersion else {
      throw RunnerError(
        .environment,
        "\(path) was made with version \(finding.diskVersion) of the simulated disk, this is "
          + "version \(CrashFinding.currentDiskVersion): its positions mean something else; run "
          + "the scenario again")
    }
    guard finding.sqliteSourceID == library else {
      throw RunnerError(
        .environment,
        "\(path) was made with SQLite '\(finding.sqliteSourceID)', this is '\(library)': "
          + "name its library with --sqlite")
    }
  }
}

/// Reads findings from files.
enum FindingFile {
  /// The part that every version of the form has.
  private struct Header: Decodable {
    var schema: Int
  }

  static func read(_ path: String) throws(RunnerError) -> CrashFinding {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunnerError(.input, "'\(path)' cannot be read: name a finding-<n>.json of a run")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let header = try? decoder.decode(Header.self, from: data) else {
      throw RunnerError(
        .input, "'\(path)' is no finding: it is no JSON object with a 'schema'; it may be damaged")
    }
    guard header.schema == CrashFinding.currentSchema else {
      throw RunnerError(
        .input,
        "'\(path)' has schema \(header.schema), this version reads schema "
          + "\(CrashFinding.currentSchema)")
    }
    do {
      return try decoder.decode(CrashFinding.self, from: data)
    } catch {
      throw RunnerError(.input, "'\(path)' is damaged: \(reason(error))")
    }
  }

  /// What is wrong with a document, and where.
  private static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map(\.stringValue)
      return keys.isEmpty ? "" : " in '\(keys.joined(separator: "."))'"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      return "'\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(context.debugDescription)\(place(context))"
    case .dataCorrupted(let context): return "\(context.debugDescription)\(place(context))"
    default: return "\(error)"
    }
  }
}
