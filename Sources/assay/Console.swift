import ArgumentParser
import Foundation
import Reports
import Runner
import Synchronization

/// Printing: results on standard output, everything else on standard error.
enum Console {
  /// True if standard error is a terminal that may show colours and progress.
  static let isTerminal = isatty(2) == 1
  /// True if standard output may show colours.
  static let mayColour =
    isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty

  /// Columns of standard output: the terminal's, at most 100, the widest that is comfortable for
  /// prose; 80 if it is no terminal or does not report its width.
  static let width = StandardStreams.terminalWidth(of: 1).map { min(100, max(40, $0)) } ?? 80

  private static let lostOutput = Atomic<Bool>(false)
  /// True if output to standard output was lost; reported once, immediately.
  static var hasLostOutput: Bool { lostOutput.load(ordering: .relaxed) }

  /// Writes a line to standard output.
  static func output(_ text: String, terminator: String = "\n") {
    do {
      try StandardStreams.write(text + terminator, to: 1)
    } catch {
      if !lostOutput.exchange(true, ordering: .relaxed) { note("assay: \(error.message)") }
    }
  }

  /// Writes a record as JSON to standard output.
  static func output(json record: some Encodable) {
    output(document: { try RecordJSON.encode(record) })
  }

  /// Writes a value as JSON to standard output, with the names that its type has.
  static func output(plain value: some Encodable) {
    output(document: { try RecordJSON.encodePlain(value) })
  }

  /// Writes the one JSON document of a command to standard output.
  ///
  /// - Parameter text: makes it, with the line break at its end.
  static func output(document text: () throws -> String) {
    do {
      output(try text(), terminator: "")
      Failures.documentIsPrinted()
    } catch {
      lostOutput.store(true, ordering: .relaxed)
      fail("the result cannot be written as JSON: \(error)")
    }
  }

  /// Reports on standard error why a command cannot continue; with `--json` also in its document.
  static func fail(_ message: String, problems: [ScenarioProblem] = []) {
    note("assay: \(message)")
    Failures.add(message, problems)
  }

  /// Prints the place of a result, and a description of the files that the run left.
  static func results(in folder: String, _ name: String) {
    note("Results: \(folder)/\(name) (the run left \(LeftBehind.text(folder: folder)))")
  }

  /// Writes a line to standard error.
  static func note(_ text: String, terminator: String = "\n") {
    write(text + terminator)
  }

  /// Writes a line that a user should see before the result, below the progress line.
  static func warn(_ text: String) {
    endProgress()
    note("assay: \(text)")
  }

  /// Shows a progress line on a terminal; does nothing in a pipe.
  static func progress(_ text: String) {
    guard isTerminal else { return }
    write("\r\u{1B}[K\(text.prefix(78))")
  }

  /// Removes the progress line.
  static func endProgress() {
    guard isTerminal else { return }
    write("\r\u{1B}[K")
  }

  private static func write(_ text: String) {
    // There is no other place to report that standard error cannot be written.
    try? StandardStreams.write(text, to: 2)
  }
}

/// The exit codes that are not about verdicts.
extension RunnerError {
  /// The exit code of the command.
  var exitCode: Int32 {
    switch code {
    case .harness: 1
    case .input: 64
    case .environment: 5
    case .undecided: 4
    case .violation: 2
    case .interrupted: 130
    }
  }
}
