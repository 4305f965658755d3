import ArgumentParser
import AssayModel
import Foundation
import ScenarioFiles

/// What `--json` prints of the commands that have no result file: sorted keys, one document.
enum MachineReadable {
  /// One row of `assay list`.
  struct Entry: Encodable {
    var name: String
    var summary: String
  }

  /// One scenario that `assay check` or `assay run --dry-run` looked at.
  struct Checked: Encodable {
    var path: String
    var valid: Bool
    /// Ids of the cells; empty when the scenario is not valid.
    var cells: [String] = []
    var errors: [Problem] = []
  }

  /// One thing that is wrong with a scenario.
  struct Problem: Encodable {
    var file: String
    var line: Int
    var column: Int
    var key: String
    var found: String
    var allowed: String
    var nearest: String?
    var message: String

    init(_ error: ScenarioError) {
      file = error.place.file
      line = error.place.line
      column = error.place.column
      key = error.path
      found = error.found
      allowed = error.allowed
      nearest = error.nearest
      message = "\(error)"
    }
  }

  /// Prints one document on standard output.
  static func output(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    Console.output(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
