import ArgumentParser
import Runner

/// `assay doctor`: this machine, its SQLite, and a folder or database.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Examine this machine and its SQLite library, and a database or folder.",
    discussion: """
      A database is only read, and no file appears beside it: its effective settings, and which \
      of them each connection must set anew. A folder is measured with short-lived files: what a \
      sync and a lock cost, and whether shared memory works. Known bugs are judged by version.

      Exit codes: 0 examined, 5 with --strict when there is a line WARNING, 1 a trial failed, \
      64 no such path, or not a database.
      """)

  @Argument(help: "A database file, or a folder that holds or will hold databases.")
  var path: String?

  @Flag(name: .long, help: "Print the report as JSON on standard output.")
  var json = false

  @Flag(name: .long, help: "End with exit code 5 when there is a warning.")
  var strict = false

  func run() throws {
    let report: DoctorReport
    do {
      report = try Doctor.examine(path: path)
      let text = DoctorText.text(report)
      if json {
        Console.note(text)
        let document = try report.json()
        Console.output(document: { document + "\n" })
      } else {
        Console.output(text)
      }
    } catch {
      Console.fail(error.message)
      throw ArgumentParser.ExitCode(error.exitCode)
    }
    guard !strict || !report.hasWarnings else { throw ArgumentParser.ExitCode(5) }
  }
}
