import AssayModel
public import ScenarioFiles

/// What `--json` prints when a command could not do what it was asked for.
public struct ErrorDocument: Codable, Equatable, Sendable {
  /// Version of this form; a published version never changes its meaning.
  public var schema = 1
  /// What happened and what can be done.
  public var error: String
  /// Exit code of the command.
  public var exitCode: Int
  /// Mistakes in scenario files, each with its place.
  public var problems: [ScenarioProblem]

  /// Creates a document.
  public init(error: String, exitCode: Int, problems: [ScenarioProblem] = []) {
    self.error = error
    self.exitCode = exitCode
    self.problems = problems
  }
}

/// One mistake in a scenario file.
public struct ScenarioProblem: Codable, Equatable, Sendable {
  /// The file, or the option of the command line.
  public var file: String
  /// Line, from 1; 0 for what stands in no line.
  public var line: Int
  /// Column, from 1; 0 for what stands in no line.
  public var column: Int
  /// The key, from the section down; empty for the whole file.
  public var key: String
  /// What was found.
  public var found: String
  /// What is allowed.
  public var allowed: String
  /// The known word that is most like what was found.
  public var nearest: String?
  /// All of it as one line.
  public var message: String

  /// Describes an error.
  public init(_ error: ScenarioError) {
    file = error.place.file
    line = error.place.line
    column = error.place.column
    key = error.path
    found = error.found
    allowed = error.allowed
    nearest = error.nearest
    message = "\(error)"
  }

  /// Describes a mistake that only SQLite or the file system shows.
  public init(file: String, key: String, found: String, message: String) {
    self.file = file
    line = 0
    column = 0
    self.key = key
    self.found = found
    allowed = ""
    self.message = message
  }
}

/// What `assay check --json` prints of a scenario.
public struct CheckedScenario: Codable, Equatable, Sendable {
  /// Path of the file, or name of the stock scenario.
  public var path: String
  /// Whether it can be run.
  public var valid: Bool
  /// Ids of the cells; empty when the scenario is not valid.
  public var cells: [String]
  /// What is wrong with it.
  public var errors: [ScenarioProblem]

  /// Creates an entry.
  public init(
    path: String, valid: Bool, cells: [String] = [], errors: [ScenarioProblem] = []
  ) {
    self.path = path
    self.valid = valid
    self.cells = cells
    self.errors = errors
  }
}

/// What `assay list --json` prints: rows by subject.
public typealias ListDocument = [String: [ListedItem]]

/// One row of `assay list`.
public struct ListedItem: Codable, Equatable, Sendable {
  /// The name, as scenarios and commands take it.
  public var name: String
  /// What it is; of a scenario its question.
  public var summary: String

  /// Creates a row.
  public init(name: String, summary: String) {
    self.name = name
    self.summary = summary
  }
}

/// What `assay init --json` prints.
public struct ScenarioCopy: Codable, Equatable, Sendable {
  /// Version of this form; a published version never changes its meaning.
  public var schema = 1
  /// The stock scenario.
  public var scenario: String
  /// Path of the file that was written.
  public var path: String

  /// Creates a document.
  public init(scenario: String, path: String) {
    self.scenario = scenario
    self.path = path
  }
}
