import ArgumentParser
import Foundation
import Reports
import Runner
import Synchronization

/// Printing: results on standard output, everything else on standard error.
enum Console {
  /// Whether standard error is a terminal that may show colours and progress.
  static let isTerminal = isatty(2) == 1
  /// Whether standard output may show colours.
  static let mayColour =
    isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty

  private static let lostOutput = Atomic<Bool>(false)
  /// Whether something that belonged on standard output could not be written; said once, at once.
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

  /// Says on standard error why a command cannot go on; with `--json` also in its document.
  static func fail(_ message: String, problems: [ScenarioProblem] = []) {
    note("assay: \(message)")
    Failures.add(message, problems)
  }

  /// Writes a line to standard error.
  static func note(_ text: String, terminator: String = "\n") {
    write(text + terminator)
  }

  /// Shows a progress line on a terminal, nothing in a pipe.
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
    // There is no other place left to say that standard error cannot be written.
    try? StandardStreams.write(text, to: 2)
  }
}

/// The exit codes that are not about verdicts.
extension RunnerError {
  /// What the command exits with.
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
