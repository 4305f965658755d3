import ArgumentParser
import Foundation
import Runner

/// The command line.
@main
struct AssayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Tests what SQLite storage really holds: concurrency, crashes, stale locks, speed.",
    discussion: """
      Exit codes: 0 all expectations met; 1 the harness itself failed; 2 an expectation about \
      correctness not met, or a worker exited unexpectedly; 3 a bound on latency, throughput or \
      recovery not met; 4 unknown; 5 environment invalid; 64 usage or unreadable input; 130 \
      interrupted.
      """,
    subcommands: [
      RunCommand.self, ReplayCommand.self, CompareCommand.self, GateCommand.self,
      CalibrateCommand.self, TuneCommand.self, CheckCommand.self, ListCommand.self,
      InitCommand.self, SchemaCommand.self, CleanCommand.self, DoctorCommand.self,
    ])

  @Flag(name: .long, help: "Print the version of Assay and of the SQLite library.")
  var version = false

  func run() throws {
    guard version else {
      Console.output(Self.helpMessage())
      return
    }
    Console.output(VersionText.current)
  }

  /// A worker is this executable, too: it must not spend its first milliseconds on parsing.
  static func main() {
    if WorkerMain.isWorker { WorkerMain.run() }
    StandardStreams.secure()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failures.printDocument(of: error)
      exit(withError: error)
    }
    if Console.hasLostOutput { Foundation.exit(1) }
  }
}
