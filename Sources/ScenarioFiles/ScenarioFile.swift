public import AssayModel

/// A scenario file: text in YAML, checked once at this border, then values.
///
/// The way is text, tree, `Scenario`, `Plan`. Scalars stay text until the definition of their key
/// says what they are, since YAML by itself would read `off` as false. The matrix and command-line
/// overrides change the *tree*, and each cell is decoded from its own tree by the same definitions
/// as the file: so a cell cannot hold what a file could not, and an error points at the value of
/// the matrix that causes it.
///
/// What it cannot find: whether a run shows anything (an expectation may never be put to the
/// test), and whether a path can be opened.
public struct ScenarioFile: Sendable {
  /// The file as the user named it.
  public let name: String
  let root: YAMLNode

  /// Reads a text.
  ///
  /// - Parameter name: what errors call it.
  /// - Throws: when the text is empty, binary, too large, or no YAML mapping.
  public init(text: String, name: String) throws(ScenarioErrors) {
    do {
      root = try YAMLReader.read(text, file: name)
    } catch {
      throw ScenarioErrors(error)
    }
    self.name = name
  }

  /// Returns the scenario with the settings that all cells start from.
  ///
  /// - Parameter overrides: settings that replace those of the file, the last of a path winning.
  /// - Throws: everything that is wrong with the file, apart from contradictions that only a cell
  ///   of its matrix shows; `plan` finds those too.
  public func scenario(overrides: [Assignment] = []) throws(ScenarioErrors) -> Scenario {
    var planner = Planner(file: self, overrides: overrides)
    return try planner.scenario()
  }

  /// Returns the plan: every cell with all its settings, expectations and seeds.
  ///
  /// - Parameters:
  ///   - overrides: settings that replace those of the file; one that is an axis of the matrix
  ///     takes just this value.
  ///   - options: settings that an option of the command line of their own sets; they are applied
  ///     last.
  ///   - only: the id of a cell, or some of its `path=value` parts joined by commas, or by spaces
  ///     with the last components of the paths as tables have them; other cells are left out. A
  ///     part whose setting an option replaces names the cell that the option starts from. Seeds
  ///     stay what they are in the whole plan.
  ///   - seed: the base of all seeds.
  /// - Throws: everything that is wrong with the file or a cell.
  public func plan(
    overrides: [Assignment] = [], options: [SettingOption] = [], only: String? = nil, seed: Seed
  ) throws(ScenarioErrors) -> Plan {
    var planner = Planner(file: self, overrides: overrides, options: options)
    return try planner.plan(only: only, seed: seed)
  }

  /// Line of a section's key; `nil` when the file has no such section.
  public func line(of section: String) -> Int? { root.entry(section)?.keyPlace.line }

  /// Reads an override such as `storage.journal_mode=wal`.
  ///
  /// - Throws: when there is no `=`, or nothing before it.
  public static func assignment(_ text: String) throws(ScenarioErrors) -> Assignment {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ScenarioErrors(
        ScenarioError(
          code: .wrongType, place: SourcePlace(file: Planner.overridePlace), path: "",
          found: "'\(text.shortened)'", allowed: "path=value, such as storage.journal_mode=wal"))
    }
    return Assignment(
      path: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
  }
}

extension ScenarioFile {
  /// Reads a duration as scenarios write it, such as `60s`.
  ///
  /// - Returns: `nil` for anything else.
  public static func duration(_ text: String) -> Nanoseconds? {
    guard case .value(let value) = UnitText.duration(text) else { return nil }
    return Nanoseconds(value)
  }
}

/// A setting with an option of the command line of its own: `--budget 60s` is `explore.budget`.
public struct SettingOption: Hashable, Sendable {
  /// What errors call it, such as `--budget`.
  public var name: String
  /// The setting and its value as it was given.
  public var assignment: Assignment

  /// Creates an option.
  public init(name: String, assignment: Assignment) {
    self.name = name
    self.assignment = assignment
  }

  /// `--budget`: nothing further is explored after this time.
  public static func budget(_ text: String) -> SettingOption {
    SettingOption(
      name: "--budget", assignment: Assignment(path: "explore.budget", value: text))
  }

  /// `--schedules`: how many seeded programs run.
  public static func schedules(_ text: String) -> SettingOption {
    SettingOption(
      name: "--schedules", assignment: Assignment(path: "explore.schedules", value: text))
  }
}
