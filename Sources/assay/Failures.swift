import ArgumentParser
import Foundation
import Runner
import Synchronization

/// The failures of a command, kept for the document that `--json` prints.
enum Failures {
  private struct State {
    var messages: [String] = []
    var problems: [ScenarioProblem] = []
    var hasPrintedDocument = false
  }

  private static let state = Mutex(State())

  /// Adds a message and its mistakes.
  static func add(_ message: String, _ problems: [ScenarioProblem] = []) {
    state.withLock {
      $0.messages.append(message)
      $0.problems += problems
    }
  }

  /// Returns the latest message, removed from those of the document.
  static func takeLast() -> String? {
    state.withLock { $0.messages.popLast() }
  }

  /// Notes that standard output has its document.
  static func documentIsPrinted() {
    state.withLock { $0.hasPrintedDocument = true }
  }

  /// Prints the error document, if JSON was requested and no document was printed yet.
  ///
  /// - Parameter error: the error that ended the command.
  static func printDocument(of error: any Error) {
    let code = AssayCommand.exitCode(for: error).rawValue
    let found = state.withLock { $0 }
    guard code != 0, !found.hasPrintedDocument, CommandLine.arguments.contains("--json") else {
      return
    }
    // The parser reports errors of the command line itself, on standard error.
    let message =
      found.messages.isEmpty
      ? AssayCommand.message(for: error) : found.messages.joined(separator: "\n")
    Console.output(
      json: ErrorDocument(error: message, exitCode: Int(code), problems: found.problems))
  }
}
