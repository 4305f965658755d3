import ArgumentParser
import AssayModel
import Foundation
import Reports
import Runner
import ScenarioFiles

/// `assay gate`: does the head do worse than its base?
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Judge whether the head of a scenario does worse than its base.",
    discussion: """
      The head is the scenario as it stands, or with --head; the base is the same with other \
      settings (--base), another library (--base-sqlite) or another build of assay \
      (--base-binary), run in turn with the head on this machine, or a baseline that \
      --update-baseline stored. Exact counts of a script come first: more of any is a regression. \
      Then times, in pairs of blocks, until each metric is decided or the time is over: --budget, \
      or two minutes a scenario. All scenarios together alarm falsely in at most 1 % of gates.

      Exit codes: 0 no regression, 2 a check of correctness was violated, 3 regression, \
      4 inconclusive or not gateable here, 5 environment invalid or no baseline of this machine, \
      64 usage, a matrix, or sides that do not do the same work, 130 interrupted.
      """)

  @Argument(help: "Scenario files or names; a workload each.", completion: Completions.scenarios)
  var scenarios: [String]

  @Option(
    name: .long, help: "A setting of the base, such as storage.synchronous=full; repeatable.")
  var base: [String] = []

  @Option(name: .long, help: "A setting of the head; repeatable.")
  var head: [String] = []

  @Option(name: .long, help: "Path of the libsqlite3.so of the base.")
  var baseSqlite: String?

  @Option(name: .long, help: "Path of the libsqlite3.so of the head.")
  var headSqlite: String?

  @Option(name: .long, help: "Path of the assay whose workers the base runs.")
  var baseBinary: String?

  @Option(name: .long, help: "Path of the assay whose workers the head runs.")
  var headBinary: String?

  @Option(
    name: .long,
    help: "A stored baseline (default without a base: the one under Baselines that fits).")
  var baseline: String?

  @Flag(
    name: .long,
    help: "Judge nothing; store the head as a baseline, or add a session to the one that is there.")
  var updateBaseline = false

  @Flag(name: .long, help: "Compare exact counts only, which takes seconds.")
  var countsOnly = false

  @Option(
    name: .long,
    help: """
      A further output: junit=FILE, markdown=FILE, markdown (appended to the file that \
      GITHUB_STEP_SUMMARY names, otherwise printed instead of the report), github (annotations); \
      repeatable.
      """)
  var format: [String] = []

  @OptionGroup var planOptions: PlanOptions

  @OptionGroup var placeOptions: PlaceOptions

  func validate() throws {
    guard !scenarios.isEmpty else { throw ValidationError("name at least one scenario") }
    guard planOptions.schedules == nil else {
      throw ValidationError("--schedules is for the simulated world")
    }
    if hasBase, baseline != nil {
      throw ValidationError("--baseline is the base: no other one can be given")
    }
    if updateBaseline, hasBase || baseline != nil {
      throw ValidationError("--update-baseline stores the head as it stands: it takes no base")
    }
    if baseline != nil, scenarios.count > 1 {
      throw ValidationError("--baseline is of one scenario: gate one at a time")
    }
    let paths = [
      ("--base-sqlite", baseSqlite), ("--head-sqlite", headSqlite), ("--base-binary", baseBinary),
      ("--head-binary", headBinary), ("--baseline", baseline),
    ]
    for (name, value) in paths where value == "" {
      throw ValidationError("\(name) '': expected a path")
    }
    _ = try (
      OptionTexts.settings(base, "--base"), OptionTexts.settings(head, "--head"), formats(),
      OptionTexts.budget(planOptions.budget)
    )
  }

  /// True if the base runs in turn with the head.
  private var hasBase: Bool {
    !base.isEmpty || !head.isEmpty
      || [baseSqlite, headSqlite, baseBinary, headBinary].contains { $0 != nil }
  }

  func run() throws {
    let subjects = try InputError.exiting { try self.subjects() }
    let code: Int
    do throws(RunnerError) {
      code = updateBaseline ? try update(try subjects.get()) : try gate(try subjects.get())
    } catch {
      Console.endProgress()
      Console.fail(error.message)
      code = Int(error.exitCode)
    }
    let first = ExitCodes.first(of: Console.hasLostOutput ? [code, 1] : [code])
    guard first == 0 else { throw ArgumentParser.ExitCode(Int32(first)) }
  }

  /// Returns the workloads; plans all of them first, so that a mistake in the last one is found
  /// before an hour of running.
  private func subjects() throws -> Result<[GateSubject], RunnerError> {
    let sides = try scenarios.map { scenario in
      (
        base: try side(scenario, ("--base", base), baseSqlite, baseBinary),
        head: try side(scenario, ("--head", head), headSqlite, headBinary),
        place: Self.place(of: scenario)
      )
    }
    do throws(RunnerError) {
      var subjects: [GateSubject] = []
      for side in sides {
        var subject =
          hasBase
          ? try GateSubject(base: side.base, head: side.head)
          : try GateSubject(alone: side.head)
        (subject.file, subject.line) = (side.place.file, side.place.line)
        subjects.append(subject)
      }
      return .success(subjects)
    } catch {
      return .failure(error)
    }
  }

  private func side(
    _ scenario: String, _ settings: (option: String, texts: [String]), _ library: String?,
    _ executable: String?
  ) throws -> (plan: Plan, variant: ComparisonVariant) {
    let overrides = try OptionTexts.settings(settings.texts, settings.option)
    return (
      plan: try planOptions.plan(
        scenario, further: overrides, of: settings.option, explores: false),
      variant: ComparisonVariant(
        overrides: overrides, libraryPath: library, executable: executable)
    )
  }

  /// Returns the place of annotations: the scenario file, from the root of the checkout, at its
  /// `gate:`; none for a scenario that is built into the executable.
  private static func place(of scenario: String) -> (file: String?, line: Int?) {
    guard case .file(let path) = ScenarioFinder.place(scenario) else { return (nil, nil) }
    let root = ProcessInfo.processInfo.environment["GITHUB_WORKSPACE", default: ""]
    var file = path
    if !root.isEmpty {
      let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
      let folder = URL(fileURLWithPath: root).standardizedFileURL.path + "/"
      if absolute.hasPrefix(folder) { file = String(absolute.dropFirst(folder.count)) }
    }
    return (file, (try? ScenarioFinder.load(scenario))?.line(of: "gate") ?? 1)
  }

  private var usualBudget: Nanoseconds {
    Nanoseconds(GateOptions.usualBudget.rawValue * Int64(max(1, scenarios.count)))
  }

  private var options: GateOptions {
    GateOptions(
      run: placeOptions.run, base: hasBase ? .measured : .stored(path: baseline),
      budget: (try? OptionTexts.budget(planOptions.budget)) ?? usualBudget,
      countsOnly: countsOnly,
      announce: { text in
        Console.endProgress()
        Console.note(text)
      })
  }

  // MARK: Judging

  private func gate(_ subjects: [GateSubject]) throws(RunnerError) -> Int {
    let finished = try GateRun(subjects, options).run()
    Console.endProgress()
    let record = finished.record
    let isWritten = report(record)
    if !placeOptions.quiet { Console.results(in: finished.folder, "gate.json") }
    return ExitCodes.first(of: isWritten ? [record.exitCode] : [record.exitCode, 1])
  }

  /// Prints and writes all requested reports.
  ///
  /// - Returns: true if all files could be written.
  private func report(_ record: GateRecord) -> Bool {
    let formats = (try? self.formats()) ?? []
    let json = placeOptions.json
    let style = TerminalReport.Style(colour: !json && Console.mayColour, width: Console.width)
    let prints = formats.contains(.markdown(nil)) && Self.summaryPath == nil
    // A requested format is printed even if the rest is quiet.
    let text =
      prints
      ? GateMarkdown.text(record)
      : placeOptions.quiet ? record.sentence + "\n" : GateReport.text(record, style: style)
    if json {
      Console.note(text, terminator: "")
      Console.output(json: record)
    } else {
      Console.output(text, terminator: "")
    }
    var isWritten = true
    for format in formats { isWritten = write(format, record) && isWritten }
    return isWritten
  }

  private func write(_ format: Format, _ record: GateRecord) -> Bool {
    do throws(RunnerError) {
      switch format {
      case .junit(let path): try OutputFile.write(GateJUnit.text(record), to: path)
      case .markdown(let path?): try OutputFile.write(GateMarkdown.text(record), to: path)
      case .markdown(nil):
        if let path = Self.summaryPath {
          try OutputFile.append(GateMarkdown.text(record), to: path)
        }
      case .github:
        // The runner reads both streams; with --json standard output is one document.
        let text = GateAnnotations.text(record)
        if placeOptions.json {
          Console.note(text, terminator: "")
        } else {
          Console.output(text, terminator: "")
        }
      }
      return true
    } catch {
      Console.fail(error.message)
      return false
    }
  }

  // MARK: Baselines

  private func update(_ subjects: [GateSubject]) throws(RunnerError) -> Int {
    let stored = try BaselineUpdate(subjects, options).run()
    Console.endProgress()
    if placeOptions.json {
      Console.output(json: stored)
    } else {
      for entry in stored {
        let sessions = Figures.count(entry.sessions, "session")
        let remark = entry.remark.isEmpty ? "" : " (\(entry.remark))"
        Console.output("\(entry.scenario): \(sessions) in \(entry.path)\(remark)")
      }
    }
    return 0
  }

  // MARK: Formats

  private enum Format: Equatable {
    case junit(String)
    case markdown(String?)
    case github
  }

  /// The summary of a job of GitHub Actions.
  private static var summaryPath: String? {
    let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY", default: ""]
    return path.isEmpty ? nil : path
  }

  private func formats() throws -> [Format] {
    try format.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let path = parts.count == 2 ? String(parts[1]) : nil
      switch (parts[0], path) {
      case ("junit", let path?) where !path.isEmpty: return .junit(path)
      case ("markdown", let path) where path != "": return .markdown(path)
      case ("github", nil): return .github
      default:
        throw ValidationError(
          "--format '\(text)': expected junit=FILE, markdown, markdown=FILE or github")
      }
    }
  }
}
