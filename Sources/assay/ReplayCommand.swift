import ArgumentParser
import Runner

/// `assay replay`: makes a finding of the simulated world again, exactly.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Make a finding again: a crash image, a fault of a sweep or a schedule.",
    discussion: """
      Prints what led to it: for a schedule a column an actor, a line a call, with the locks held.

      Exit codes: 0 reproduced, 4 not reproduced, 5 made with another SQLite or another version of \
      the simulated disk, 64 damaged or of another schema.
      """)

  @Argument(help: "A findings/finding-<n>.json of a run.")
  var finding: String

  @Option(name: .long, help: "Write the files that recovery found to this folder.")
  var files: String?

  @Option(name: .long, help: "Path of the libsqlite3.so that the finding was made with.")
  var sqlite: String?

  @Flag(name: .long, help: "Print the report as JSON on standard output.")
  var json = false

  @Flag(name: .long, help: "Print the last line only.")
  var quiet = false

  func validate() throws {
    for (name, value) in [("--files", files), ("--sqlite", sqlite)] where value == "" {
      throw ValidationError("\(name) '': expected a path")
    }
  }

  func run() throws {
    let report: ReplayReport
    do throws(RunnerError) {
      let replay = try ReplayRun(
        path: finding, ReplayRun.Options(libraryPath: sqlite, filesFolder: files))
      if !quiet, !json { Console.output(replay.headline + "\n") }
      report = try replay.run()
    } catch {
      Console.fail(error.message)
      throw ArgumentParser.ExitCode(error.exitCode)
    }
    try print(report)
    guard report.isReproduced else { throw ArgumentParser.ExitCode(4) }
  }

  private func print(_ report: ReplayReport) throws {
    if json { return Console.output(plain: report) }
    if !quiet {
      for line in report.trace { Console.output(line) }
      Console.output("")
    }
    for file in report.files { Console.note("Written: \(file)") }
    if report.isReproduced {
      Console.output("Reproduced: \(report.found).")
    } else {
      Console.output("Not reproduced: \(report.differences.joined(separator: "; ")).")
    }
  }
}
