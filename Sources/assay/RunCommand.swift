import ArgumentParser
import AssayModel
import Foundation
import Reports
import Runner
import ScenarioFiles

/// `assay run`: runs scenarios and prints their results.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run scenarios: files, or names of those under Scenarios.",
    discussion: """
      Writes Results/Runs/<scenario>/<run>/result.json and prints a table. The exit code says \
      whether the scenario's expectations were met.
      """)

  @Argument(help: "Scenario files or names.", completion: Completions.scenarios)
  var scenarios: [String]

  @OptionGroup var planOptions: PlanOptions

  @Flag(name: .long, help: "Print the cells and an estimate of time and disk, and run nothing.")
  var dryRun = false

  @Flag(name: .long, help: "Print the result as JSON on standard output.")
  var json = false

  @Option(name: .long, help: "Folder for results.")
  var out = "Results"

  @Option(name: .long, help: "Folder for databases while the run lasts (default: next to the run).")
  var data: String?

  @Option(
    name: .long,
    help: "Workers of the simulated world at a time, 1 to 256 (default: number of processors).")
  var jobs: Int?

  @Flag(name: .long, help: "Keep every database, and the standard error of the workers.")
  var keep = false

  @Option(name: .long, help: "Path of another libsqlite3.so for the workers.")
  var sqlite: String?

  @Option(help: ArgumentHelp("How long workers may take to end.", visibility: .private))
  var endingLimit: String?

  @Option(help: ArgumentHelp("Shortest jump of time that is reported.", visibility: .private))
  var jumpLimit: String?

  @Flag(name: .long, help: "Print the last line only.")
  var quiet = false

  @Flag(name: .long, help: "Print every verdict with its evidence.")
  var verbose = false

  func validate() throws {
    guard !scenarios.isEmpty else { throw ValidationError("name at least one scenario") }
    guard !json || scenarios.count == 1 else {
      throw ValidationError("--json prints one result: run one scenario at a time")
    }
    guard !quiet || !verbose else { throw ValidationError("either --quiet or --verbose") }
    if let jobs, !RunOptions.jobsRange.contains(jobs) {
      throw ValidationError("--jobs \(jobs): expected a number from 1 to 256")
    }
    for (name, value) in [("--out", out), ("--data", data), ("--sqlite", sqlite)] where value == ""
    {
      throw ValidationError("\(name) '': expected a path")
    }
  }

  func run() throws {
    // All plans first: an error in the last file must not come after an hour of running.
    let plans = try InputError.exiting { try scenarios.map { try planOptions.plan($0) } }
    if dryRun {
      let estimates = plans.map(DryRun.init)
      if json {
        Console.output(json: DryRunDocument(scenarios: estimates))
      } else {
        for estimate in estimates { Console.output(estimate.text) }
      }
      return
    }
    // Before anything runs, for the same reason.
    for plan in plans { try PlanRefusals.exiting(plan, usesOwnLibrary: sqlite == nil) }
    var codes: [Int] = []
    for plan in plans {
      codes.append(try runOne(plan))
      if codes.last == 130 { break }
    }
    let left = plans.dropFirst(codes.count).map(\.scenario.name)
    if !left.isEmpty {
      Console.note("assay: interrupted before \(left.joined(separator: ", ")) ran")
    }
    if Console.hasLostOutput { codes.append(1) }
    let code = ExitCodes.first(of: codes)
    guard code == 0 else { throw ArgumentParser.ExitCode(Int32(code)) }
  }

  private func runOne(_ plan: Plan) throws -> Int {
    do throws(RunnerError) {
      var options = RunOptions(
        resultsFolder: out, dataFolder: data, libraryPath: sqlite, jobs: jobs,
        keepsEverything: keep, progress: Console.progress)
      options.watchesLoad = Console.isTerminal
      options.notice = Console.warn
      if let limit = endingLimit.flatMap(ScenarioFile.duration) { options.limits.ending = limit }
      if let limit = jumpLimit.flatMap(ScenarioFile.duration) { options.limits.jump = limit }
      let finished = try ScenarioRun(plan, options).run()
      Console.endProgress()
      report(finished)
      return finished.result.exitCode
    } catch {
      Console.endProgress()
      Console.fail("\(plan.scenario.name): \(error.message)")
      return Int(error.exitCode)
    }
  }

  private func report(_ finished: ScenarioRun.Finished) {
    let style = TerminalReport.Style(
      colour: !json && Console.mayColour, width: Console.width, detail: verbose ? .verbose : .normal
    )
    let name = scenarios.count > 1 ? "\(finished.result.scenario): " : ""
    let text =
      quiet
      ? name + finished.result.finding + "\n" : TerminalReport.text(finished.result, style: style)
    if json {
      Console.note(text, terminator: "")
      Console.output(document: { try ResultJSON.encode(finished.result) })
    } else {
      Console.output(text, terminator: "")
    }
    if !quiet { Console.results(in: finished.folder, "result.json") }
  }
}

/// Turns errors in the user's input into one clear message and exit code 64.
enum InputError {
  /// One message, and exit 64.
  static func refused(_ message: String) -> ExitCode {
    Console.fail(message)
    return ExitCode(64)
  }

  static func exiting<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ValidationError {
      throw error
    } catch let error as ScenarioErrors {
      Console.note("\(error)")
      Failures.add("\(error)", error.errors.map { ScenarioProblem($0) })
      throw ArgumentParser.ExitCode(64)
    }
  }
}
