import ArgumentParser
import AssayModel
import ScenarioFiles

/// `assay check`: validates scenarios without running them.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate scenario files, or print the format's JSON Schema.")

  @Argument(help: "Scenario files or names.")
  var scenarios: [String] = []

  @OptionGroup var planOptions: PlanOptions

  @Flag(name: .long, help: "Print the JSON Schema of the format, for editors.")
  var schema = false

  func validate() throws {
    guard schema || !scenarios.isEmpty else {
      throw ValidationError("name at least one scenario, or ask for --schema")
    }
  }

  func run() throws {
    if schema {
      Console.output(JSONSchema.text())
      return
    }
    for scenario in scenarios {
      let plan = try InputError.exiting { try planOptions.plan(scenario) }
      let cells = plan.cells.count == 1 ? "1 cell" : "\(plan.cells.count) cells"
      Console.output("\(ScenarioFinder.path(scenario)): valid, \(cells)")
    }
  }
}
