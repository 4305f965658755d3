import ArgumentParser
import AssayModel
import ScenarioFiles

/// How a scenario is chosen and changed from the command line.
struct PlanOptions: ParsableArguments {
  @Option(name: .long, help: "Base of all seeds, decimal or 0x hexadecimal.")
  var seed: String = "1"

  @Option(
    name: .customLong("set"), help: "Override a setting, such as storage.busy_timeout=1s.")
  var overrides: [String] = []

  @Option(name: .long, help: "Run only the cell with this id.")
  var only: String?

  /// Reads one scenario with the overrides and resolves it.
  func plan(_ path: String) throws -> Plan {
    guard let seed = Seed(seed) else {
      throw ValidationError("--seed '\(seed)': expected a number of at most 64 bits")
    }
    let assignments = try overrides.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--set '\(text)': expected key=value")
      }
      return Assignment(path: String(parts[0]), value: String(parts[1]))
    }
    let file = try ScenarioFile.load(path: ScenarioFinder.path(path))
    return try file.plan(overrides: assignments, only: only, seed: seed)
  }
}

/// Finds a scenario by path or, for those that come with Assay, by name.
enum ScenarioFinder {
  /// The folder in which scenarios are looked for by name.
  static let folder = "Scenarios"

  static func path(_ text: String) -> String {
    let isName = !text.contains("/") && !text.hasSuffix(".yaml") && !text.hasSuffix(".yml")
    return isName ? "\(folder)/\(text).yaml" : text
  }
}
