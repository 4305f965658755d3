import ArgumentParser
import AssayModel
import Runner
import ScenarioFiles

/// `assay clean`: lists and removes old runs.
struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "List old runs and what they take, and remove those that are not wanted any more.",
    discussion: """
      Without --keep and --older-than nothing is removed. With both, a run stays that either of \
      them lets stay. A run without a result, whose coordinator was killed or failed, is removed \
      with either, and what it left in the folder of --data, too; a run under way never is. \
      Baselines and calibrations are not touched.

      Exit codes: 0 done, 1 something could not be removed, 64 usage.
      """)

  @Option(name: .long, help: "How many finished runs of each scenario stay, the newest.")
  var keep: Int?

  @Option(name: .long, help: "Finished runs that are younger stay; such as 7d, 12h or 30m.")
  var olderThan: String?

  @Flag(name: .long, help: "Say what would be removed, and remove nothing.")
  var dryRun = false

  @Option(name: .long, help: "Folder for results.", completion: .directory)
  var out = "Results"

  @Flag(name: .long, help: "Print one JSON document on standard output.")
  var json = false

  func validate() throws {
    if let keep, keep < 0 {
      throw ValidationError("--keep \(keep): expected a number of at least 0")
    }
    if out == "" { throw ValidationError("--out '': expected a path") }
    _ = try age()
  }

  func run() throws {
    let rule = CleaningRule(keep: keep, olderThan: try age())
    let document: CleanDocument
    do throws(RunnerError) {
      document = try CleanDocument(folder: out, rule: rule, isDryRun: dryRun)
    } catch {
      Console.fail(error.message)
      throw ArgumentParser.ExitCode(error.exitCode)
    }
    let text = document.text(hasRule: rule != CleaningRule())
    if json {
      Console.note(text)
      Console.output(json: document)
    } else {
      Console.output(text)
    }
    guard document.failures.isEmpty else { throw ArgumentParser.ExitCode(1) }
  }

  private func age() throws -> Nanoseconds? {
    guard let olderThan else { return nil }
    let day: Int64 = 86_400
    if olderThan.hasSuffix("d"), let days = Int64(olderThan.dropLast()), (0...36_500).contains(days)
    {
      return .seconds(days * day)
    }
    guard let age = ScenarioFile.duration(olderThan), age >= .zero else {
      throw ValidationError("--older-than '\(olderThan)': expected an age such as 7d or 12h")
    }
    return age
  }
}
