import ArgumentParser
import AssayModel
import Runner
import ScenarioFiles

/// `assay check`: validates scenarios without running them.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate scenario files, or print the format's JSON Schema.")

  @Argument(help: "Scenario files or names.", completion: Completions.scenarios)
  var scenarios: [String] = []

  @OptionGroup var planOptions: PlanOptions

  @Flag(name: .long, help: "Print the JSON Schema of the format, for editors.")
  var schema = false

  @Flag(name: .long, help: "Print one JSON document on standard output.")
  var json = false

  func validate() throws {
    guard schema || !scenarios.isEmpty else {
      throw ValidationError("name at least one scenario, or ask for --schema")
    }
    guard !schema || scenarios.isEmpty else {
      throw ValidationError("--schema prints the format and looks at no scenario")
    }
  }

  func run() throws {
    if schema {
      Console.output(JSONSchema.text())
      return
    }
    if json { return try printChecked() }
    var failure: (any Error)?
    for scenario in scenarios {
      do {
        let plan = try InputError.exiting { try planOptions.plan(scenario) }
        let remark = try verify(plan, scenario).map { "; \($0)" } ?? ""
        let cells = plan.cells.count == 1 ? "1 cell" : "\(plan.cells.count) cells"
        Console.output("\(ScenarioFinder.path(scenario)): valid, \(cells)\(remark)")
      } catch {
        // The others are still checked: a check is meant to report all mistakes in one pass.
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Refuses a plan that a run would refuse, except for features of the format that a later version
  /// will run.
  ///
  /// - Returns: the feature that needs a later version, if any.
  private func verify(_ plan: Plan, _ scenario: String) throws -> String? {
    do throws(RunnerError) {
      return try PlanRefusals.remark(on: plan)
    } catch {
      Console.fail("\(ScenarioFinder.path(scenario)): \(error.message)")
      throw ArgumentParser.ExitCode(error.exitCode)
    }
  }

  private func printChecked() throws {
    let checked = try scenarios.map { scenario -> CheckedScenario in
      let path = ScenarioFinder.path(scenario)
      do {
        let plan = try planOptions.plan(scenario)
        _ = try PlanRefusals.remark(on: plan)
        return CheckedScenario(path: path, valid: true, cells: plan.cells.map(\.id))
      } catch let errors as ScenarioErrors {
        return CheckedScenario(
          path: path, valid: false, errors: errors.errors.map { ScenarioProblem($0) })
      } catch let error as RunnerError {
        return CheckedScenario(
          path: path, valid: false,
          errors: [ScenarioProblem(file: path, key: "", found: "", message: error.message)])
      } catch is ArgumentParser.ExitCode {
        let message = Failures.takeLast() ?? ""
        return CheckedScenario(
          path: path, valid: false,
          errors: [ScenarioProblem(file: path, key: "", found: "no such file", message: message)])
      }
    }
    Console.output(plain: checked)
    guard checked.allSatisfy(\.valid) else { throw ArgumentParser.ExitCode(64) }
  }
}
