import ArgumentParser
import AssayModel
import Runner
import ScenarioFiles

/// Options for the folders of results and databases, and for the output, of a comparison, a gate, a
/// calibration or a tuning.
struct PlaceOptions: ParsableArguments {
  @Flag(name: .long, help: "Print the result as JSON on standard output.")
  var json = false

  @Option(name: .long, help: "Folder for results, baselines and calibrations.")
  var out = "Results"

  @Option(name: .long, help: "Folder for databases meanwhile (default: next to the result).")
  var data: String?

  @Flag(name: .long, help: "Keep every database, and the standard error of the workers.")
  var keep = false

  @Option(name: .long, help: "Path of another libsqlite3.so for all workers.")
  var sqlite: String?

  @Option(
    name: .long,
    help: """
      How long one side works before the other one does, both blocks of a pair under way; 0s for \
      one whole block after the other (default: chosen from a pilot, 10ms or more).
      """)
  var slice: String?

  @Flag(name: .long, help: "Print the last line only.")
  var quiet = false

  func validate() throws {
    for (name, value) in [("--out", out), ("--data", data), ("--sqlite", sqlite)] where value == ""
    {
      throw ValidationError("\(name) '': expected a path")
    }
    guard let slice else { return }
    guard let length, length == .zero || Self.slices.contains(length) else {
      throw ValidationError("--slice '\(slice)': expected 0s or a duration from 1ms to 1s")
    }
  }

  /// Options for the runner.
  var run: RunOptions {
    var options = RunOptions(
      resultsFolder: out, dataFolder: data, libraryPath: sqlite, keepsEverything: keep,
      progress: Console.progress)
    options.notice = Console.warn
    options.slice = length
    return options
  }

  private static let slices = Nanoseconds.milliseconds(1)...Nanoseconds.seconds(1)

  private var length: Nanoseconds? { slice.flatMap { ScenarioFile.duration($0) } }
}

/// Reads texts of options.
enum OptionTexts {
  static func settings(_ texts: [String], _ option: String) throws -> [Assignment] {
    try texts.map { text in
      do {
        return try ScenarioFile.assignment(text)
      } catch {
        throw ValidationError("\(option) '\(text)': expected key=value")
      }
    }
  }

  static func budget(_ text: String?) throws -> Nanoseconds? {
    guard let text else { return nil }
    guard let budget = ScenarioFile.duration(text), budget > .zero else {
      throw ValidationError("--budget '\(text)': expected a duration such as 60s")
    }
    return budget
  }
}
