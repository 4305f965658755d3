import ArgumentParser
import AssayModel
import Foundation
import Reports
import Runner
import ScenarioFiles

/// `assay calibrate`: measures the differences that a gate can detect on this machine.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find out what a gate can tell on this machine: false alarms, smallest effect.",
    discussion: """
      Runs pairs of base against base, plays the gate's rule on them many times, and stores what \
      came out under Calibrations in the results' folder, by machine, for gates to read. With --b \
      or --b-sqlite the head is another one, and the power of the rule on it is printed instead. \
      The pairs are kept in the run's folder; --from plays gates on them again.

      Exit codes: 0 everything can be gated here, 2 a check of correctness was violated, \
      4 something cannot be gated, or there are too few pairs to tell, 64 usage, 130 interrupted. \
      Pairs that ran are kept, whatever ended the recording.
      """)

  @Argument(help: "Scenario files or names; a workload each.", completion: Completions.scenarios)
  var scenarios: [String] = []

  @Option(name: .long, help: "Pairs of blocks that are recorded, 20 to 10000.")
  var pairs = CalibrateOptions.usualPairs

  @Option(name: .long, help: "Gates that are played on them, 100 to 1000000.")
  var gates = CalibrateOptions.usualGates

  @Option(name: .long, help: "A setting of a head whose power is wanted; repeatable.")
  var b: [String] = []

  @Option(name: .long, help: "Path of the libsqlite3.so of such a head.")
  var bSqlite: String?

  @Option(name: .long, help: "Play gates on this recording, a pairs.json, and run nothing.")
  var from: String?

  @OptionGroup var planOptions: PlanOptions

  @OptionGroup var placeOptions: PlaceOptions

  func validate() throws {
    guard (from == nil) != scenarios.isEmpty else {
      throw ValidationError("name at least one scenario, or a recording with --from")
    }
    guard from == nil || b.isEmpty && bSqlite == nil else {
      throw ValidationError("--from plays what was recorded: --b is for recording")
    }
    guard CalibrateOptions.pairsRange.contains(pairs) else {
      throw ValidationError("--pairs \(pairs): expected a number from 20 to 10000")
    }
    guard (100...1_000_000).contains(gates) else {
      throw ValidationError("--gates \(gates): expected a number from 100 to 1000000")
    }
    guard planOptions.schedules == nil else {
      throw ValidationError("--schedules is for the simulated world")
    }
    for (name, value) in [("--b-sqlite", bSqlite), ("--from", from)] where value == "" {
      throw ValidationError("\(name) '': expected a path")
    }
    guard !placeOptions.json || scenarios.count <= 1 else {
      throw ValidationError("--json prints one result: calibrate one scenario at a time")
    }
    _ = try (OptionTexts.settings(b, "--b"), OptionTexts.budget(planOptions.budget))
  }

  func run() throws {
    let sides = try InputError.exiting {
      try scenarios.map { scenario in
        let overrides = try OptionTexts.settings(b, "--b")
        return (
          base: (
            plan: try planOptions.plan(scenario, explores: false), variant: ComparisonVariant()
          ),
          head: (
            plan: try planOptions.plan(
              scenario, further: overrides, of: "--b", explores: false),
            variant: ComparisonVariant(overrides: overrides, libraryPath: bSqlite)
          )
        )
      }
    }
    var codes: [Int] = []
    do throws(RunnerError) {
      if let from {
        codes.append(report(try PairRecording(path: from).judged(gates: gates, path: from)))
      }
      var subjects: [GateSubject] = []
      for side in sides { subjects.append(try GateSubject(base: side.base, head: side.head)) }
      for subject in subjects {
        codes.append(report(try CalibrateRun(subject, options).run()))
      }
    } catch {
      Console.endProgress()
      Console.fail(error.message)
      codes.append(Int(error.exitCode))
    }
    if Console.hasLostOutput { codes.append(1) }
    let code = ExitCodes.first(of: codes)
    guard code == 0 else { throw ArgumentParser.ExitCode(Int32(code)) }
  }

  private var options: CalibrateOptions {
    CalibrateOptions(
      run: placeOptions.run, pairs: pairs, gates: gates,
      budget: (try? OptionTexts.budget(planOptions.budget)) ?? nil)
  }

  private func report(_ record: CalibrationRecord) -> Int {
    Console.endProgress()
    let json = placeOptions.json
    let style = TerminalReport.Style(colour: !json && Console.mayColour, width: Console.width)
    let text =
      placeOptions.quiet
      ? "\(record.scenario): \(CalibrationReport.sentence(record))\n"
      : CalibrationReport.text(record, style: style)
    if json {
      Console.note(text, terminator: "")
      Console.output(json: record)
    } else {
      Console.output(text, terminator: "")
    }
    if !placeOptions.quiet { Console.note("Pairs: \(record.recording)") }
    return record.exitCode
  }
}
