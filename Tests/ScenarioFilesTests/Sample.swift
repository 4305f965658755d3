import AssayModel
import ScenarioFiles
import Testing

/// Scenario texts for tests: a valid one with lines added, and what became of it.
enum Sample {
  /// The world and what is explored in it.
  static let simulated = "world: simulated\nexplore: { crashes: power-loss, minimum: 10 }\n"
  /// A load that the simulated world can run.
  static let simulatedLoad = "{ workload: kv, operations: 20 }"

  /// Three lines; added text starts in line 4.
  static func text(_ added: String = "", load: String = "{ workload: kv }") -> String {
    "name: sample\nquestion: Does it hold?\nload: \(load)\n\(added)"
  }

  static func plan(
    _ added: String = "", load: String = "{ workload: kv }", overrides: [Assignment] = [],
    only: String? = nil
  ) throws -> Plan {
    try ScenarioFile(text: text(added, load: load), name: "s.yaml")
      .plan(overrides: overrides, only: only, seed: Seed(7))
  }

  /// The only cell of a sample without a matrix.
  static func cell(_ added: String = "", load: String = "{ workload: kv }") throws -> PlannedCell {
    try #require(try plan(added, load: load).cells.first)
  }

  /// One line per error of a whole text.
  static func errors(in text: String, overrides: [Assignment] = []) -> [String] {
    do throws(ScenarioErrors) {
      _ = try ScenarioFile(text: text, name: "s.yaml").plan(overrides: overrides, seed: Seed(7))
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  /// One line per error of a sample.
  static func errors(_ added: String, load: String = "{ workload: kv }") -> [String] {
    errors(in: text(added, load: load))
  }
}
