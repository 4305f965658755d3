import AssayModel

/// What decoding carries along: where it is, what it found wrong, and what the matrix holds.
struct DecodingContext {
  /// The path of the key that is being decoded.
  var path = ""
  /// What is wrong so far.
  private(set) var errors: [ScenarioError] = []
  /// The declared values of each matrix axis, for conditions and ratios that name them.
  var axes: [String: [AxisValue]] = [:]
  /// The settings of the cell, for durations that name one, such as `for: 2 * ttl`.
  var settings = CellSettings()
  /// The scenario file, as places name it.
  var fileName = ""
  /// The folder that paths in the file are relative to; empty for the current one.
  var folder = ""
  /// How much longer everything takes than the file says.
  var timeScale = 1.0
  /// How long a cell lasts as the file has it; `nil` when it does not say.
  var fileDuration: Nanoseconds?
  /// What was read of further files, so that every cell sees the same.
  private var sqlFiles: [String: Result<String, TextFile.Problem>] = [:]

  /// One value of a matrix axis.
  struct AxisValue {
    /// As the file has it.
    var text: String
    /// In the one form that equal values share.
    var canonical: String
  }

  /// More errors than a person reads at once.
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

  /// A path as it is opened: one that stands in the scenario file is relative to its folder, one of
  /// the command line to the current folder.
  func resolved(_ path: String, at place: SourcePlace) -> String {
    let isRelative = !path.hasPrefix("/") && path != ":memory:"
    guard isRelative, !folder.isEmpty, place.file == fileName else { return path }
    return "\(folder)/\(path)"
  }

  /// The text of a file with SQL; one that holds none is reported.
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
  /// Holds nothing where the scenario explores nothing.
  var explore = ExploreSettings()
  var probe = Probe.none
  /// Whether the faults of the scenario happen.
  var injects = true
  /// How `tamper: copy` copies.
  var copying = CopyMethod.cp

  static var defaults: CellSettings { CellSettings() }

  /// The settings that stand in no section.
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

  /// The value of a setting that expressions may name; `nil` when it has none.
  func value(of variable: BoundExpression.Variable) -> Nanoseconds? {
    switch variable {
    case .ttl: locks.ttl
    case .busyTimeout: storage.busyTimeout
    case .queryTimeout: storage.queryTimeout
    case .acquireTimeout: storage.acquireTimeout
    }
  }
}
