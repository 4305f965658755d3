import AssayModel

/// The state of decoding: the current key, the errors found so far, and the values of the matrix.
struct DecodingContext {
  /// The path of the key that is being decoded.
  var path = ""
  /// Errors found so far.
  private(set) var errors: [ScenarioError] = []
  /// The declared values of each matrix axis, for conditions and ratios that name them.
  var axes: [String: [AxisValue]] = [:]
  /// The settings of the cell, for durations that name one, such as `for: 2 * ttl`.
  var settings = CellSettings()
  /// The scenario file, as places name it.
  var fileName = ""
  /// The folder that paths in the file are relative to; empty for the current one.
  var folder = ""
  /// Factor by which all times are stretched compared with the file.
  var timeScale = 1.0
  /// Duration of a cell as the file states it; `nil` if the file states none.
  var fileDuration: Nanoseconds?
  /// Contents of the SQL files read so far, so that every cell gets the same text.
  private var sqlFiles: [String: Result<String, TextFile.Problem>] = [:]

  /// One value of a matrix axis.
  struct AxisValue {
    /// As the file has it.
    var text: String
    /// In the one form that equal values share.
    var canonical: String
  }

  /// Largest number of errors reported: more than a person reads in one go.
  private static let errorLimit = 50

  /// Records an error once.
  mutating func report(_ error: ScenarioError) {
    guard errors.count < Self.errorLimit, !errors.contains(error) else { return }
    errors.append(error)
  }

  /// Records an error of the key that is being decoded.
  mutating func report(
    _ code: ScenarioError.Code, _ place: SourcePlace, found: String, allowed: String,
    nearest: String? = nil
  ) {
    report(
      ScenarioError(
        code: code, place: place, path: path, found: found, allowed: allowed, nearest: nearest))
  }

  /// Returns the path to open: a path in the scenario file is relative to the file's folder, one
  /// from the command line to the current folder.
  func resolved(_ path: String, at place: SourcePlace) -> String {
    let isRelative = !path.hasPrefix("/") && path != ":memory:"
    guard isRelative, !folder.isEmpty, place.file == fileName else { return path }
    return "\(folder)/\(path)"
  }

  /// Returns the text of a file with SQL; a file without SQL is reported as an error.
  mutating func sqlFile(_ path: String, at place: SourcePlace) -> String? {
    let isAbsolute = path.hasPrefix("/") || folder.isEmpty
    let full = isAbsolute ? path : "\(folder)/\(path)"
    let result = sqlFiles[full] ?? TextFile.sql(full)
    sqlFiles[full] = result
    switch result {
    case .success(let text):
      return text
    case .failure(let problem):
      report(
        .unreadable, place, found: "\(problem.found): '\(full.shortened)'",
        allowed: "a text file with SQL of at most 1 MiB, by its path from the scenario")
      return nil
    }
  }

  /// Runs `body` with the path of a key below the current one.
  mutating func within<Result>(
    _ key: String, _ body: (inout DecodingContext) -> Result
  ) -> Result {
    let outer = path
    path = path.isEmpty ? key : "\(path).\(key)"
    defer { path = outer }
    return body(&self)
  }
}

/// The settings of a cell that matrix keys and conditions can name.
struct CellSettings: SectionDefaults {
  var storage = StorageSettings()
  var locks = LockSettings()
  var load = LoadSettings(workload: .kv)
  var disk = DiskDraft()
  /// Empty if the scenario explores nothing.
  var explore = ExploreSettings()
  var probe = Probe.none
  /// True if the scenario's faults are injected.
  var injects = true
  /// Method by which `tamper: copy` copies.
  var copying = CopyMethod.cp

  static var defaults: CellSettings { CellSettings() }

  /// The settings that belong to no section.
  static let keys: [SettingKey<CellSettings>] = [
    .value(
      "probe", \.probe, .choice(),
      "What the file system layer counts in the real world: nothing, calls and bytes (counts), or"
        + " also the time of each call (times). Each level costs."),
    .value(
      "inject", \.injects, .flag,
      "Whether the faults happen; false in one cell of a matrix makes it the control."),
    .value(
      "copy_by", \.copying, .choice(),
      "How tamper: copy copies the database: its file alone (cp), by VACUUM INTO, or through the"
        + " backup API; the last two are copies as they should be made."),
  ]

  /// Returns the value of a setting that expressions may name; `nil` when it has none.
  func value(of variable: BoundExpression.Variable) -> Nanoseconds? {
    switch variable {
    case .ttl: locks.ttl
    case .busyTimeout: storage.busyTimeout
    case .queryTimeout: storage.queryTimeout
    case .acquireTimeout: storage.acquireTimeout
    }
  }
}
