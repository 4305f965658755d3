import ArgumentParser
import AssayModel
import Foundation
import Gate
import Reports
import Runner
import ScenarioFiles

/// `assay compare`: two variants of a scenario in turn, or two results of old runs.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two variants of a scenario, run in turn, or the results of two runs.",
    discussion: """
      compare SCENARIO --a K=V --b K=V runs blocks of a fraction of a second, each in a fresh \
      process on a copy of one database, A and B in random order, and stops when the question is \
      decided. A is the base, B the head. compare RUN_A RUN_B compares what two finished runs \
      hold; they did not run in turn, so that times stay inconclusive.

      Exit codes: 0 improvement or equivalent, 2 a check of correctness was violated, 3 regression \
      of B, 4 inconclusive, 5 environment invalid, 64 the two do not do the same work, \
      130 interrupted.
      """)

  @Argument(
    help: "A scenario, or two runs: folders, or their result.json.",
    completion: Completions.scenarios)
  var subjects: [String]

  @Option(name: .long, help: "A setting of A, such as storage.synchronous=full; repeatable.")
  var a: [String] = []

  @Option(name: .long, help: "A setting of B; repeatable.")
  var b: [String] = []

  @Option(name: .long, help: "Path of the libsqlite3.so of A.")
  var aSqlite: String?

  @Option(name: .long, help: "Path of the libsqlite3.so of B.")
  var bSqlite: String?

  @Option(name: .long, help: "Path of the assay whose workers A runs.")
  var aBinary: String?

  @Option(name: .long, help: "Path of the assay whose workers B runs.")
  var bBinary: String?

  @Option(
    name: .long,
    help: """
      What to compare: throughput, p50, p90, p99, p99.9, each also of one kind as in p99(store), \
      memory, disk, counts or one as in counts(vfs.sync.wal.calls); repeatable (default: \
      throughput and p99 of the main operation; counts are shown and do not decide).
      """)
  var metric: [String] = []

  @OptionGroup var planOptions: PlanOptions

  @OptionGroup var placeOptions: PlaceOptions

  func validate() throws {
    guard (1...2).contains(subjects.count) else {
      throw ValidationError("name one scenario, or two runs")
    }
    if subjects.count == 2, hasVariants {
      throw ValidationError("two runs are as they are: --a and --b are for a scenario")
    }
    if subjects.count == 1, !hasVariants {
      throw ValidationError(
        "say what differs: --a and --b with settings, libraries (--a-sqlite, --b-sqlite) or "
          + "binaries (--a-binary, --b-binary)")
    }
    guard planOptions.schedules == nil else {
      throw ValidationError("--schedules is for the simulated world")
    }
    let paths = [
      ("--a-sqlite", aSqlite), ("--b-sqlite", bSqlite), ("--a-binary", aBinary),
      ("--b-binary", bBinary),
    ]
    for (name, value) in paths where value == "" {
      throw ValidationError("\(name) '': expected a path")
    }
    _ = try (
      OptionTexts.settings(a, "--a"), OptionTexts.settings(b, "--b"), rules(),
      OptionTexts.budget(planOptions.budget)
    )
  }

  private var hasVariants: Bool {
    !a.isEmpty || !b.isEmpty || [aSqlite, bSqlite, aBinary, bBinary].contains { $0 != nil }
  }

  func run() throws {
    let code = subjects.count == 2 ? try compareRuns() : try compareVariants()
    let codes = Console.hasLostOutput ? [code, 1] : [code]
    let first = ExitCodes.first(of: codes)
    guard first == 0 else { throw ArgumentParser.ExitCode(Int32(first)) }
  }

  // MARK: Two variants

  private func compareVariants() throws -> Int {
    let sides = try InputError.exiting {
      try [
        ("--a", try OptionTexts.settings(a, "--a"), aSqlite, aBinary),
        ("--b", try OptionTexts.settings(b, "--b"), bSqlite, bBinary),
      ].map { option, overrides, library, executable in
        (
          plan: try planOptions.plan(
            subjects[0], further: overrides, of: option, explores: false),
          variant: ComparisonVariant(
            overrides: overrides, libraryPath: library, executable: executable)
        )
      }
    }
    do throws(RunnerError) {
      let plan = try VariantPlan(base: sides[0], head: sides[1])
      let run = placeOptions.run
      var options = ComparisonOptions(run: run)
      options.rules = (try? rules()) ?? []
      options.decidingCounts = (try? decidingCounts()) ?? nil
      options.budget = (try? OptionTexts.budget(planOptions.budget)) ?? nil
      let finished = try Comparison(plan, options).run()
      Console.endProgress()
      report(finished)
      return finished.record.exitCode
    } catch {
      Console.endProgress()
      Console.fail(error.message)
      return Int(error.exitCode)
    }
  }

  private func report(_ finished: Comparison.Finished) {
    let style = TerminalReport.Style(
      colour: !placeOptions.json && Console.mayColour, width: Console.width)
    let text =
      placeOptions.quiet
      ? ComparisonReport.sentence(finished.record) + "\n"
      : ComparisonReport.text(finished.record, style: style)
    if placeOptions.json {
      Console.note(text, terminator: "")
      Console.output(json: finished.record)
    } else {
      Console.output(text, terminator: "")
    }
    if !placeOptions.quiet { Console.results(in: finished.folder, "comparison.json") }
  }

  // MARK: Two runs

  private func compareRuns() throws -> Int {
    do throws(RunnerError) {
      let comparison = try ResultComparison(base: subjects[0], head: subjects[1])
      if placeOptions.json {
        Console.note(comparison.text, terminator: "")
        Console.output(json: comparison)
      } else {
        Console.output(
          placeOptions.quiet ? comparison.sentence + "\n" : comparison.text, terminator: "")
      }
      return comparison.exitCode
    } catch {
      Console.fail(error.message)
      return Int(error.exitCode)
    }
  }

  // MARK: Options

  private func metrics() throws -> [Metric] {
    try metric.map { text in
      do {
        return try Metric(text)
      } catch {
        throw ValidationError("--metric: \(error)")
      }
    }
  }

  private func rules() throws -> [MetricRule] {
    try metrics().compactMap { metric in
      if case .counts = metric { return nil }
      return try MetricRule(metric)
    }
  }

  /// Returns the names of counts that decide; empty for all; `nil` if none was requested.
  private func decidingCounts() throws -> Set<String>? {
    let named = try metrics().compactMap { metric -> String?? in
      guard case .counts(let name) = metric else { return nil }
      return .some(name)
    }
    guard !named.isEmpty else { return nil }
    return named.contains(nil) ? [] : Set(named.compactMap { $0 })
  }
}
