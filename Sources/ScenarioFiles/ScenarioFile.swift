public import AssayModel

/// A scenario file: YAML text, checked once at this boundary and used as values from then on.
///
/// Text becomes a tree, then a `Scenario`, then a `Plan`. Scalars stay text until the definition of
/// their key gives them a type, since YAML by itself would read `off` as false. The matrix and
/// command-line overrides change the *tree*, and each cell is decoded from its own tree by the same
/// definitions as the file: so a cell cannot contain a value that a file could not, and an error
/// points at the value of the matrix that causes it.
///
/// Not detected: that a run shows nothing (an expectation may never be tested), and that a path
/// cannot be opened.
public struct ScenarioFile: Sendable {
  /// The file as the user named it.
  public let name: String
  let root: YAMLNode

  /// Reads a text.
  ///
  /// - Parameter name: name of the file in errors.
  /// - Throws: if the text is empty, binary, too large, or not a YAML mapping.
  public init(text: String, name: String) throws(ScenarioErrors) {
    do {
      root = try YAMLReader.read(text, file: name)
    } catch {
      throw ScenarioErrors(error)
    }
    self.name = name
  }

  /// Returns the scenario with the settings common to all cells.
  ///
  /// - Parameter overrides: settings that replace those of the file; the last one of a path wins.
  /// - Throws: all mistakes in the file, except contradictions that only a cell of its matrix
  ///   shows; `plan` finds those too.
  public func scenario(overrides: [Assignment] = []) throws(ScenarioErrors) -> Scenario {
    var planner = Planner(file: self, overrides: overrides)
    return try planner.scenario()
  }

  /// Returns the plan: every cell with all its settings, expectations and seeds.
  ///
  /// - Parameters:
  ///   - overrides: settings that replace those of the file; one that is an axis of the matrix
  ///     takes just this value.
  ///   - options: settings from dedicated command-line options; they are applied last.
  ///   - only: the id of a cell, or some of its `path=value` parts joined by commas, or by spaces
  ///     with the last components of the paths as tables have them; other cells are left out. A
  ///     part whose setting is replaced by an option names the cell by its value in the matrix.
  ///     Seeds are the same as in the whole plan.
  ///   - seed: the base of all seeds.
  /// - Throws: all mistakes in the file or a cell.
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
  /// - Throws: if there is no `=`, or no text before it.
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

/// A setting with a dedicated command-line option: `--budget 60s` sets `explore.budget`.
public struct SettingOption: Hashable, Sendable {
  /// Name of the option in errors, such as `--budget`.
  public var name: String
  /// The setting and its value as it was given.
  public var assignment: Assignment

  /// Creates an option.
  public init(name: String, assignment: Assignment) {
    self.name = name
    self.assignment = assignment
  }

  /// `--budget`: the time after which exploration stops.
  public static func budget(_ text: String) -> SettingOption {
    SettingOption(
      name: "--budget", assignment: Assignment(path: "explore.budget", value: text))
  }

  /// `--schedules`: the number of seeded programs that run.
  public static func schedules(_ text: String) -> SettingOption {
    SettingOption(
      name: "--schedules", assignment: Assignment(path: "explore.schedules", value: text))
  }
}
