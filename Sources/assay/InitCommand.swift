import ArgumentParser
import Foundation
import Runner
import StockScenarios

/// `assay init`: writes a scenario to edit.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Copy a stock scenario to a file of your own.",
    discussion: """
      Writes SCENARIO.yaml in the current folder, or the file that is named, and never overwrites \
      one. 'assay list scenarios' shows what there is.

      Exit codes: 0 written, 1 the file cannot be written, 64 no such scenario, or the file exists.
      """)

  @Argument(help: "A stock scenario.", completion: Completions.stock)
  var scenario: String

  @Argument(help: "The file to write (default: SCENARIO.yaml).", completion: .file())
  var file: String?

  @Flag(name: .long, help: "Print one JSON document on standard output.")
  var json = false

  func validate() throws {
    if file == "" { throw ValidationError("'': expected the path of a file to write") }
  }

  func run() throws {
    guard let stock = StockScenario.named(scenario) else { throw unknown() }
    let path = file ?? "\(stock.name).yaml"
    do {
      let text = Data(Self.commented(stock).utf8)
      try text.write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    } catch let error as CocoaError where error.code == .fileWriteFileExists {
      throw InputError.refused(
        "\(path) exists; name another file: assay init \(stock.name) FILE.yaml")
    } catch {
      Console.fail("\(path) cannot be written: \(error.localizedDescription)")
      throw ArgumentParser.ExitCode(1)
    }
    if json {
      Console.output(json: ScenarioCopy(scenario: stock.name, path: path))
    } else {
      Console.output("Written: \(path). Edit it, then: assay run \(path)")
    }
  }

  /// Returns the text under a line that names its origin.
  private static func commented(_ stock: StockScenario) -> String {
    "# A copy of the stock scenario \(stock.name) of Assay \(AssayVersion.text).\n" + stock.text
  }

  private func unknown() -> any Error {
    if FileManager.default.fileExists(atPath: scenario) {
      return InputError.refused(
        "\(scenario) is a file: a scenario made from a database of your own is not part of this "
          + "version; start from 'assay init own-sql' and set storage.path to it")
    }
    return InputError.refused(
      "unknown scenario '\(scenario)'; expected one that 'assay list scenarios' shows")
  }
}
