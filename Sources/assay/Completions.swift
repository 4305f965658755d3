import ArgumentParser
import AssayModel
import Foundation
import ScenarioFiles
import StockScenarios

/// Shell completions for Assay's own arguments.
enum Completions {
  /// Names of scenarios, and YAML files.
  static let scenarios = CompletionKind.custom { _, _, prefix in
    ScenarioFinder.names() + files(prefix)
  }

  /// Names of stock scenarios.
  static let stock = CompletionKind.custom { _, _, _ in StockScenario.all.map(\.name) }

  /// Cells of the scenario that the command line names so far, and the settings that distinguish
  /// them, each as `--only` takes it.
  static let cells = CompletionKind.custom { words, _, _ in
    for word in words.dropFirst() where !word.hasPrefix("-") {
      guard let file = try? ScenarioFinder.load(word),
        let plan = try? file.plan(seed: Seed(1))
      else { continue }
      var offered: [String] = []
      for cell in plan.cells {
        let parts = cell.parameters.map { "\($0.path)=\($0.value)" }
        for text in parts + [cell.id] where !offered.contains(text) { offered.append(text) }
      }
      return offered
    }
    return []
  }

  private static func files(_ prefix: String) -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.sorted().compactMap { name in
      let path = folder + name
      guard !name.hasPrefix(".") else { return nil }
      // Only a folder has an entry named ".".
      if FileManager.default.fileExists(atPath: path + "/.") { return path + "/" }
      return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? path : nil
    }
  }
}
