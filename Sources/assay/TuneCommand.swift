import ArgumentParser
import AssayModel
import Foundation
import Reports
import Runner
import ScenarioFiles

/// `assay tune`: recommends settings within a durability class.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Recommend settings within a durability class, with evidence.",
    discussion: """
      The space is the scenario's matrix of storage settings or, without one, the built-in knobs. \
      Which of them keep what the class promises is found out on crash images of the simulated \
      disk: nothing outside of the class is measured or recommended. The others race in common \
      blocks with the scenario's own settings, the default; the best are confirmed with fresh seeds.

      Exit codes: 0 recommended and confirmed, 2 the default violates a check of correctness, \
      4 no setting reaches the class, or out of time before the confirmation, 64 the scenario \
      cannot be tuned, 130 interrupted: the best so far is printed.
      """)

  @Argument(help: "A scenario.", completion: Completions.scenarios)
  var scenario: String

  @Option(
    name: .customLong("class"),
    help: "What survives at least: D1, D2 or D3 (default: the scenario's, otherwise D2).")
  var durability: String?

  @Option(
    name: .long,
    help: """
      What is wanted, the most important first: throughput, p50, p90, p99, p99.9, memory, disk, \
      written; repeatable (default: the scenario's, otherwise throughput).
      """)
  var objective: [String] = []

  @Option(name: .long, help: "How much is measured: quick, normal, exhaustive.")
  var effort = "normal"

  @Option(
    name: .long,
    help: """
      A profile that the recommendation is compared with; repeatable (default: those of the five \
      documents that Assay started from).
      """)
  var reference: [String] = []

  @Flag(name: .long, help: "Compare with no profile.")
  var noReferences = false

  @OptionGroup var planOptions: PlanOptions

  @OptionGroup var placeOptions: PlaceOptions

  func validate() throws {
    guard planOptions.schedules == nil else {
      throw ValidationError("--schedules is for the simulated world")
    }
    guard reference.isEmpty || !noReferences else {
      throw ValidationError("--reference together with --no-references: use one of the two")
    }
    _ = try (wantedClass(), objectives(), wantedEffort(), OptionTexts.budget(planOptions.budget))
  }

  func run() throws {
    let code = try tune()
    let first = ExitCodes.first(of: Console.hasLostOutput ? [code, 1] : [code])
    guard first == 0 else { throw ArgumentParser.ExitCode(Int32(first)) }
  }

  private func tune() throws -> Int {
    let run = placeOptions.run
    var options = TuneOptions(run: run)
    options.effort = try wantedEffort()
    options.budget = try OptionTexts.budget(planOptions.budget)
    options.durability = try wantedClass()
    options.objectives = try objectives()
    if noReferences {
      options.profiles = []
    } else if !reference.isEmpty {
      options.profiles = reference
    }
    let (planOptions, scenario) = (planOptions, scenario)
    do {
      let tuning = try InputError.exiting {
        try TuneRun(options) { overrides in
          try planOptions.plan(scenario, further: overrides, explores: false)
        }
      }
      let finished = try tuning.run()
      Console.endProgress()
      report(finished)
      return finished.record.exitCode
    } catch let error as RunnerError {
      Console.endProgress()
      Console.fail(error.message)
      return Int(error.exitCode)
    }
  }

  private func report(_ finished: TuneRun.Finished) {
    let style = TerminalReport.Style(
      colour: !placeOptions.json && Console.mayColour, width: Console.width)
    let text =
      placeOptions.quiet
      ? TuneReport.sentence(finished.record) + "\n"
      : TuneReport.text(finished.record, style: style)
    if placeOptions.json {
      Console.note(text, terminator: "")
      Console.output(json: finished.record)
    } else {
      Console.output(text, terminator: "")
    }
    if !placeOptions.quiet { Console.results(in: finished.folder, "tune.json") }
  }

  // MARK: Options

  private func wantedClass() throws -> DurabilityClass? {
    guard let durability else { return nil }
    guard let known = DurabilityClass(rawValue: durability.uppercased()) else {
      throw ValidationError("--class '\(durability)': expected D1, D2 or D3")
    }
    return known
  }

  private func objectives() throws -> [TuneSettings.Objective] {
    try objective.map { text in
      guard let known = TuneSettings.Objective(rawValue: text.lowercased()) else {
        let all = TuneSettings.Objective.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--objective '\(text)': expected one of \(all)")
      }
      return known
    }
  }

  private func wantedEffort() throws -> TuneOptions.Effort {
    guard let known = TuneOptions.Effort(rawValue: effort.lowercased()) else {
      throw ValidationError("--effort '\(effort)': expected quick, normal or exhaustive")
    }
    return known
  }
}
