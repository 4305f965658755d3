import Foundation
import ScenarioFiles
import StockScenarios

/// Finds a scenario by path or by name.
///
/// A name is looked up in the folder `Scenarios` first, so that an author of scenarios runs the
/// edited file, then among those built into the executable.
enum ScenarioFinder {
  /// The folder in which scenarios are looked up by name.
  static let folder = "Scenarios"

  /// The location of a scenario's text.
  enum Place {
    case file(String)
    case stock(StockScenario)
  }

  /// Returns the location of a scenario's text; a file need not exist.
  static func place(_ text: String) -> Place {
    guard isName(text) else { return .file(text) }
    let path = "\(folder)/\(text).yaml"
    if FileManager.default.fileExists(atPath: path) { return .file(path) }
    return StockScenario.named(text).map { .stock($0) } ?? .file(path)
  }

  /// Returns the name of a scenario in messages: the path of its file, or its name.
  static func path(_ text: String) -> String {
    switch place(text) {
    case .file(let path): path
    case .stock(let scenario): "\(scenario.name) (stock scenario)"
    }
  }

  /// Reads a scenario.
  static func load(_ text: String) throws -> ScenarioFile {
    switch place(text) {
    case .stock(let scenario):
      return try ScenarioFile(text: scenario.text, name: path(text))
    case .file(let path):
      guard FileManager.default.fileExists(atPath: path) else {
        throw InputError.refused(
          "\(path): no such file; give the path of a scenario, or a name that "
            + "'assay list scenarios' shows")
      }
      return try ScenarioFile.load(path: path)
    }
  }

  /// Names under which scenarios are found here, sorted: those of the folder and the stock ones.
  static func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let own = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    return Set(own).union(StockScenario.all.map(\.name)).sorted()
  }

  /// Returns true if a text is a name rather than a path.
  static func isName(_ text: String) -> Bool {
    !text.contains("/") && !text.hasSuffix(".yaml") && !text.hasSuffix(".yml")
  }
}
